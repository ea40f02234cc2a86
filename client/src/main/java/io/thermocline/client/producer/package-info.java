/**
 * Producing: {@link io.thermocline.client.producer.Producer} puts records into the {@code
 * Accumulator}, and who fills a batch has the {@code BatchMaker} make its wire bytes; on a thread
 * of its own, the {@code Sender} takes batches from there, sends them over one stream after the
 * other, and gives each its answer. A {@code Lane} is what is sent to one partition: in order, and
 * each once ({@code SequencedLane}) or never again ({@code MarkedLane}).
 */
package io.thermocline.client.producer;
