/** The {@code thermocline} command: what it asks of a server, and how it prints the answers. */
package io.thermocline.server.cli;
