/**
 * What can go wrong: {@link io.thermocline.client.failure.ClientException} and its kinds. {@link
 * io.thermocline.client.failure.Failure} is what they are made from, for the client's own use.
 */
package io.thermocline.client.failure;
