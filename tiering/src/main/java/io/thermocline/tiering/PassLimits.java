package io.thermocline.tiering;

import io.thermocline.model.Pace;

/** What bounds a pass. */
record PassLimits(Deadline deadline, Pace pace, Shutdown shutdown) {}
