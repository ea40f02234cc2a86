package io.thermocline.cold.table;

/** The way back into our layout with the warehouse on local disk. */
final class BringingBackTest extends BringingBack {}
