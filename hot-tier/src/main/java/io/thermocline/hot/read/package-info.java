/**
 * Reading a log: {@link io.thermocline.hot.read.LogView} says what may be read, {@link
 * io.thermocline.hot.read.LogReader} reads it, from segments kept open. Knows segments, not who
 * writes them.
 */
package io.thermocline.hot.read;
