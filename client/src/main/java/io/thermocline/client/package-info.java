/**
 * The Java client: {@link io.thermocline.client.ThermoclineClient} gives producers, consumers and
 * the admin. Start reading there.
 *
 * <p>Failures are {@link io.thermocline.client.ClientException}s; of a write, they say whether it
 * surely had no effect or may have happened.
 */
package io.thermocline.client;
