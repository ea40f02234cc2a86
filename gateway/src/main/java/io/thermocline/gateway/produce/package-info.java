/** Produce streams: batches handed on in order, answers as each is durable. */
package io.thermocline.gateway.produce;
