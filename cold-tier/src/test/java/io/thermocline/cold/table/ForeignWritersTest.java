package io.thermocline.cold.table;

/** Other engines' changes with the warehouse on local disk. */
final class ForeignWritersTest extends ForeignWriters {}
