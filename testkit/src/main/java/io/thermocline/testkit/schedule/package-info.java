/**
 * Runs code of several threads one thread at a time, in an order drawn from a seed: every lock,
 * field, future and file it touches is a place where another thread may go on.
 */
package io.thermocline.testkit.schedule;
