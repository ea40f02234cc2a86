package io.thermocline.tiering;

/** What bounds a pass. */
record PassLimits(Deadline deadline, ByteBudget budget, Shutdown shutdown) {}
