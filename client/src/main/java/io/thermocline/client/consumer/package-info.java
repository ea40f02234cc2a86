/**
 * Consuming: {@link io.thermocline.client.consumer.Consumer} takes what came from a {@code
 * FetchSession}, which has a {@code Subscription} for each partition and one {@code
 * FetchConnection}; {@code Reading} and {@code BatchDecoder} make records of it.
 */
package io.thermocline.client.consumer;
