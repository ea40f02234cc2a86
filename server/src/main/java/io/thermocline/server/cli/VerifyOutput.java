package io.thermocline.server.cli;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.Units;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code verify} prints: findings as they are made, or all in one document. */
final class VerifyOutput {
  /** More are counted, not printed. */
  private static final int MAX_PRINTED = 10_000;

  private final PrintWriter out;
  private final boolean json;
  private final boolean quiet;
  private final List<Map<String, Object>> kept = new ArrayList<>();
  private long damages;
  private long notes;

  /**
   * @param quiet leaves out the notes
   */
  VerifyOutput(PrintWriter out, boolean json, boolean quiet) {
    this.out = out;
    this.json = json;
    this.quiet = quiet;
  }

  /** Takes one finding. */
  void found(
      boolean damage,
      Optional<String> topic,
      Optional<Integer> partition,
      Optional<OffsetRange> offsets,
      String place,
      String problem) {
    long before = damages + notes;
    damages += damage ? 1 : 0;
    notes += damage ? 0 : 1;
    if ((quiet && !damage) || before >= MAX_PRINTED) {
      return;
    }
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("severity", damage ? "DAMAGE" : "NOTE");
      document.put("topic", topic);
      document.put("partition", partition);
      document.put("offsets", offsets);
      document.put("place", place);
      document.put("problem", problem);
      kept.add(document);
    } else {
      out.println(
          (damage ? "DAMAGED " : "note    ")
              + topic.map(name -> name + "-" + partition.orElse(0)).orElse("")
              + offsets.map(range -> " " + range).orElse("")
              + (topic.isPresent() ? ": " : "")
              + problem
              + (place.isEmpty() ? "" : " (" + place + ")"));
      out.flush();
    }
  }

  /**
   * Prints what was looked at, and how it came out.
   *
   * @param what what was audited, {@code directory} or {@code server}
   * @param lines what was looked at, for a person
   * @param counts the same, for a program
   * @return the exit code
   */
  int end(String what, String where, List<String> lines, Map<String, Object> counts) {
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put(what, where);
      document.put("damages", damages);
      document.put("notes", notes);
      document.putAll(counts);
      document.put("findings", kept);
      out.println(Json.pretty(document));
    } else {
      if (damages + notes > MAX_PRINTED) {
        out.println("... and %d more".formatted(damages + notes - MAX_PRINTED));
      }
      lines.forEach(out::println);
      out.println(
          damages == 0
              ? "nothing is wrong"
              : damages == 1 ? "1 thing is wrong" : damages + " things are wrong");
    }
    return damages > 0 ? ExitCode.DATA_LOST : ExitCode.OK;
  }

  /** What was seen of the tables, for a person. */
  static String tables(long tables, long files, long records, long bytes) {
    return "%s, %s, %s, %s"
        .formatted(
            count(tables, "table"),
            count(files, "data file"),
            count(records, "record"),
            Units.roundedBytes(bytes));
  }

  /** The same, for a program. */
  static Map<String, Object> tableCounts(long tables, long files, long records, long bytes) {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("tables", tables);
    counts.put("files", files);
    counts.put("records", records);
    counts.put("bytes", bytes);
    return counts;
  }

  /** Such as {@code 1 table} or {@code 2 tables}. */
  static String count(long number, String what) {
    return number + " " + (number == 1 ? what : what.endsWith("ch") ? what + "es" : what + "s");
  }
}
