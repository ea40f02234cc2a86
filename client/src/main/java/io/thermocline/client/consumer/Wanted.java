package io.thermocline.client.consumer;

import java.util.OptionalLong;

/**
 * Which records of what the server sent were asked for.
 *
 * @param from first offset
 * @param to one past the last offset
 * @param fromTimestamp records before the first one with this timestamp or a later one are not
 *     wanted: the server begins with the batch that holds it
 */
record Wanted(long from, long to, OptionalLong fromTimestamp) {}
