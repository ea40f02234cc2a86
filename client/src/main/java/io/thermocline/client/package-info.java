/**
 * The Java client: {@link io.thermocline.client.ThermoclineClient} gives producers, consumers and
 * the admin. Start reading there.
 *
 * <p>A package for each verb, {@code producer}, {@code consumer} and {@code admin}, none of which
 * knows another; below them what they share: {@code record} and {@code failure}, which programs see
 * too, and {@code wire}, which is the client's own.
 *
 * <p>Failures are {@link io.thermocline.client.failure.ClientException}s; of a write, they say
 * whether it surely had no effect or may have happened.
 */
package io.thermocline.client;
