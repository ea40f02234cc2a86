package io.thermocline.hot.segment;

import io.thermocline.model.OffsetRange;
import java.util.Optional;

/**
 * Bytes of a segment file in which no batch was found.
 *
 * @param position where they begin
 * @param bytes how many: up to the next batch, or to the end of the file
 * @param offsets those that must have stood there; empty when that can't be told
 * @param problem what is wrong with the first of them
 */
public record DamagedBytes(long position, long bytes, Optional<OffsetRange> offsets, String problem)
    implements SegmentPart {}
