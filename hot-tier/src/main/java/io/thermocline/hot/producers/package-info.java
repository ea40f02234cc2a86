/**
 * What a log remembers of those who produce to it, so that repeats are told: in memory, and in a
 * file that spares a start the reading of the log.
 */
package io.thermocline.hot.producers;
