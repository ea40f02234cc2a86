package io.thermocline.server.cli;

import io.thermocline.codec.RecordCursor;
import io.thermocline.hot.journal.JournalScan;
import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.model.OffsetRange;

/** How a dump is printed, part by part, so that the largest segment takes no memory. */
interface DumpOutput {
  /** A file begins. */
  void begin(SegmentDump dump);

  /** Its next part is a batch. */
  void batch(StoredBatch batch);

  /** Its next part is damage. */
  void damage(DamagedBytes damage);

  /** A record of the last batch: the one the cursor is at. */
  void record(RecordCursor at);

  /** The rest of the last batch's records can't be read. */
  void unreadable(OffsetRange offsets, String problem);

  /** The file ends. */
  void end(SegmentDump dump, DumpSums sums);

  /** A journal file begins. */
  void begin(JournalScan journal);

  /** Its next frame. */
  void frame(JournalScan.Whole frame);

  /** Its next frame is not whole. */
  void torn(JournalScan.Torn frame);

  /** The journal file ends. */
  void end(JournalScan journal, long frames, long entries);
}
