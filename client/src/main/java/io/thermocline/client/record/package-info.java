/** What records have, on their way in and on their way out: a place by name, and headers. */
package io.thermocline.client.record;
