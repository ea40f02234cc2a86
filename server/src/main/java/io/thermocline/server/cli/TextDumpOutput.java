package io.thermocline.server.cli;

import io.thermocline.codec.RecordCursor;
import io.thermocline.hot.journal.JournalReplay;
import io.thermocline.hot.journal.JournalScan;
import io.thermocline.hot.journal.Place;
import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.hot.segment.SegmentPlace;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.model.OffsetRange;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A dump for a person: a line for each part, fields by name. */
final class TextDumpOutput implements DumpOutput {
  private static final int SHOWN_BYTES = 200;

  private final PrintWriter out;

  TextDumpOutput(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void begin(SegmentDump dump) {
    out.printf(
        "%s: %d bytes, %s%n",
        dump.path(),
        dump.size(),
        dump.place()
            .map(TextDumpOutput::describe)
            .orElse("whose it is can't be told: header checksums are not compared"));
  }

  private static String describe(SegmentPlace place) {
    return "topic id %s, partition %d, from offset %d"
        .formatted(place.topic(), place.partition(), place.baseOffset());
  }

  @Override
  public void batch(StoredBatch batch) {
    out.printf(
        "at=%d offsets=%s records=%d codec=%s bytes=%d payload=%d uncompressed=%d appended=%s"
            + " largest=%s producer=%s epoch=%d durableTo=%d header=%s content=%s%n",
        batch.position(),
        batch.offsets(),
        batch.count(),
        batch.compression().name().toLowerCase(Locale.ROOT),
        batch.bytes(),
        batch.payloadBytes(),
        batch.uncompressedBytes(),
        Instant.ofEpochMilli(batch.appendTimeMillis()),
        Instant.ofEpochMilli(batch.maxTimestampMillis()),
        producer(batch),
        batch.logEpoch(),
        batch.durableTo(),
        batch.headerCheck().name().toLowerCase(Locale.ROOT),
        batch.contentIntact() ? "intact" : "DAMAGED");
    for (String problem : batch.problems()) {
      out.printf("  DAMAGED: %s%n", problem);
    }
  }

  private static String producer(StoredBatch batch) {
    return batch.producerId() < 0
        ? "none"
        : batch.producerId() + "/" + batch.producerEpoch() + "/" + batch.baseSequence();
  }

  @Override
  public void damage(DamagedBytes damage) {
    out.printf(
        "at=%d DAMAGED bytes=%d%s: %s%n",
        damage.position(),
        damage.bytes(),
        damage.offsets().map(offsets -> " offsets=" + offsets).orElse(""),
        damage.problem());
  }

  @Override
  public void record(RecordCursor at) {
    List<String> headers = new ArrayList<>();
    while (at.nextHeader()) {
      headers.add(
          text(at.array(), at.headerNameStart(), at.headerNameLength())
              + "="
              + text(at.array(), at.headerValueStart(), at.headerValueLength()));
    }
    out.printf(
        "  offset=%d timestamp=%s key=%s value=%s%s%n",
        at.offset(),
        Instant.ofEpochMilli(at.timestampMillis()),
        text(at.array(), at.keyStart(), at.keyLength()),
        text(at.array(), at.valueStart(), at.valueLength()),
        headers.isEmpty() ? "" : " headers=" + headers);
  }

  private static String text(byte[] bytes, int start, int length) {
    if (length < 0) {
      return "null";
    }
    int shown = Math.min(length, SHOWN_BYTES);
    String text = Table.printable(new String(bytes, start, shown, StandardCharsets.UTF_8));
    return shown < length ? "'%s'... (%d bytes)".formatted(text, length) : "'" + text + "'";
  }

  @Override
  public void unreadable(OffsetRange offsets, String problem) {
    out.printf("  DAMAGED: not all records of %s can be read: %s%n", offsets, problem);
  }

  @Override
  public void end(SegmentDump dump, DumpSums sums) {
    out.printf(
        "%d batches, %d records; damaged: %d batches, %d other runs of bytes%n%n",
        sums.batches(), sums.records(), sums.damagedBatches(), sums.damagedRuns());
    out.flush();
  }

  @Override
  public void begin(JournalScan journal) {
    out.printf(
        "%s: %d bytes, a journal%s%n",
        journal.path(), journal.size(), journal.isFinished() ? "" : " that was never finished");
  }

  @Override
  public void frame(JournalScan.Whole frame) {
    out.printf(
        "at=%d entries=%d bytes=%d%n", frame.position(), frame.entries().size(), frame.bytes());
    for (JournalReplay.Entry entry : frame.entries()) {
      Place place = entry.place();
      out.printf(
          "  at=%d topicId=%s partition=%d segment=%d position=%d bytes=%d nextOffset=%d%n",
          entry.at(),
          place.topic(),
          place.partition(),
          place.segment(),
          place.position(),
          place.bytes(),
          place.nextOffset());
    }
  }

  @Override
  public void torn(JournalScan.Torn frame) {
    out.printf(
        "at=%d bytes=%d not whole: it was being written, or is damaged%n",
        frame.position(), frame.bytes());
  }

  @Override
  public void end(JournalScan journal, long frames, long entries) {
    out.printf("%d frames, %d entries%n%n", frames, entries);
    out.flush();
  }
}
