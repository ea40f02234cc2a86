/**
 * What looking at stored files finds: the parts of a segment, and what a whole data directory adds
 * up to. The looking itself is {@link io.thermocline.hot.segment.SegmentDump} and {@link
 * io.thermocline.hot.HotAudit}.
 */
package io.thermocline.hot.audit;
