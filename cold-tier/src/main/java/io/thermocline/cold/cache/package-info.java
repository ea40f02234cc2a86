/**
 * Stored bytes of data files in memory: fetched in few requests, ahead of who reads, and shared.
 */
package io.thermocline.cold.cache;
