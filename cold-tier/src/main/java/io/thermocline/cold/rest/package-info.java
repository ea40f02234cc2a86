/**
 * The tables for other engines: Iceberg's REST catalog protocol, for reading only. {@link
 * io.thermocline.cold.rest.RestCatalog} answers requests; who listens for them is another's.
 */
package io.thermocline.cold.rest;
