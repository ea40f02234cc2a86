package io.thermocline.gateway.audit;

import io.thermocline.model.OffsetRange;

/**
 * What looks wrong, and is looked at again before it is told.
 *
 * @param offsets that are concerned; empty when none are lost by it
 * @param place the object, or where there is none, nothing
 * @param problem in words
 */
record Suspicion(OffsetRange offsets, String place, String problem) {}
