/**
 * The server's configuration: every key with its type, default and meaning in {@link
 * io.thermocline.server.config.ConfigKeys}, and where each effective value came from in {@link
 * io.thermocline.server.config.Configuration}. Data only: nothing here opens anything.
 */
package io.thermocline.server.config;
