package io.thermocline.server.cli;

import io.thermocline.codec.RecordCursor;
import io.thermocline.hot.journal.JournalReplay;
import io.thermocline.hot.journal.JournalScan;
import io.thermocline.hot.journal.Place;
import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.model.OffsetRange;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dump for a program: an object a line, with its kind under {@code part}. */
final class JsonDumpOutput implements DumpOutput {
  private final PrintWriter out;

  JsonDumpOutput(PrintWriter out) {
    this.out = out;
  }

  private void line(String part, Map<String, Object> fields) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("part", part);
    document.putAll(fields);
    out.println(Json.line(document));
  }

  @Override
  public void begin(SegmentDump dump) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", dump.path().toString());
    fields.put("bytes", dump.size());
    dump.place()
        .ifPresent(
            place -> {
              fields.put("topicId", place.topic().toString());
              fields.put("partition", place.partition());
              fields.put("baseOffset", place.baseOffset());
            });
    line("segment", fields);
  }

  @Override
  public void batch(StoredBatch batch) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("position", batch.position());
    fields.put("bytes", batch.bytes());
    fields.put("offsets", batch.offsets());
    fields.put("count", batch.count());
    fields.put("compression", batch.compression());
    fields.put("payloadBytes", batch.payloadBytes());
    fields.put("uncompressedBytes", batch.uncompressedBytes());
    fields.put("attributes", batch.attributes());
    fields.put("baseTimestamp", batch.baseTimestampMillis());
    fields.put("appendTime", batch.appendTimeMillis());
    fields.put("maxTimestamp", batch.maxTimestampMillis());
    fields.put("durableTo", batch.durableTo());
    fields.put("producerId", batch.producerId());
    fields.put("producerEpoch", batch.producerEpoch());
    fields.put("baseSequence", batch.baseSequence());
    fields.put("logEpoch", batch.logEpoch());
    fields.put("header", batch.headerCheck());
    fields.put("contentIntact", batch.contentIntact());
    fields.put("problems", batch.problems());
    line("batch", fields);
  }

  @Override
  public void damage(DamagedBytes damage) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("position", damage.position());
    fields.put("bytes", damage.bytes());
    fields.put("offsets", damage.offsets());
    fields.put("problem", damage.problem());
    line("damage", fields);
  }

  @Override
  public void record(RecordCursor at) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("offset", at.offset());
    fields.put("timestamp", at.timestampMillis());
    fields.put("time", Instant.ofEpochMilli(at.timestampMillis()));
    Json.putBytes(fields, "key", copy(at.array(), at.keyStart(), at.keyLength()));
    Json.putBytes(fields, "value", copy(at.array(), at.valueStart(), at.valueLength()));
    List<Map<String, Object>> headers = new ArrayList<>();
    while (at.nextHeader()) {
      Map<String, Object> header = new LinkedHashMap<>();
      header.put(
          "name",
          new String(
              at.array(), at.headerNameStart(), at.headerNameLength(), StandardCharsets.UTF_8));
      Json.putBytes(
          header, "value", copy(at.array(), at.headerValueStart(), at.headerValueLength()));
      headers.add(header);
    }
    fields.put("headers", headers);
    line("record", fields);
  }

  private static byte[] copy(byte[] source, int start, int length) {
    return length < 0 ? null : Arrays.copyOfRange(source, start, start + length);
  }

  @Override
  public void unreadable(OffsetRange offsets, String problem) {
    line("unreadable", Map.of("offsets", offsets, "problem", problem));
  }

  @Override
  public void end(SegmentDump dump, DumpSums sums) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", dump.path().toString());
    fields.put("batches", sums.batches());
    fields.put("records", sums.records());
    fields.put("damagedBatches", sums.damagedBatches());
    fields.put("damagedRuns", sums.damagedRuns());
    line("end", fields);
    out.flush();
  }

  @Override
  public void begin(JournalScan journal) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", journal.path().toString());
    fields.put("bytes", journal.size());
    fields.put("finished", journal.isFinished());
    line("journal", fields);
  }

  @Override
  public void frame(JournalScan.Whole frame) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("position", frame.position());
    fields.put("bytes", frame.bytes());
    fields.put("entries", frame.entries().size());
    line("frame", fields);
    frame.entries().forEach(this::entry);
  }

  private void entry(JournalReplay.Entry entry) {
    Place place = entry.place();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("at", entry.at());
    fields.put("topicId", place.topic().toString());
    fields.put("partition", place.partition());
    fields.put("segment", place.segment());
    fields.put("position", place.position());
    fields.put("bytes", place.bytes());
    fields.put("nextOffset", place.nextOffset());
    line("entry", fields);
  }

  @Override
  public void torn(JournalScan.Torn frame) {
    line("torn", Map.of("position", frame.position(), "bytes", frame.bytes()));
  }

  @Override
  public void end(JournalScan journal, long frames, long entries) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", journal.path().toString());
    fields.put("frames", frames);
    fields.put("entries", entries);
    line("end", fields);
    out.flush();
  }
}
