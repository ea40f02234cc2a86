package io.thermocline.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What is printed of results: a table, or one JSON object a line. */
final class Report {
  private Report() {}

  /** A line for each figure of a case, and one for the disk it was measured on. */
  static void lines(Case one, List<Result> results, PrintWriter out)
      throws JsonProcessingException {
    for (Result result : results) {
      out.println(line(result));
    }
    double disk = results.get(0).disk();
    out.println(
        line(
            new Result(
                "probe-" + one.name(),
                disk,
                OptionalDouble.empty(),
                Unit.MEGABYTES_PER_SECOND,
                disk)));
    out.flush();
  }

  private static String line(Result result) throws JsonProcessingException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("case", result.name());
    line.put("ours", rounded(result.ours()));
    line.put("peer", roundedOrNull(result.peer()));
    line.put("ratio", roundedOrNull(result.ratio()));
    line.put("unit", result.unit().symbol());
    return new ObjectMapper().writeValueAsString(line);
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static Double roundedOrNull(OptionalDouble value) {
    return value.isPresent() ? rounded(value.getAsDouble()) : null;
  }

  /** All of them, with the disk that each was measured on. */
  static void table(List<Result> results, PrintWriter out) {
    out.printf(
        "%-30s %12s %12s %7s  %-9s %s%n", "case", "ours", "peer", "ratio", "unit", "disk probe");
    for (Result result : results) {
      out.printf(
          Locale.ROOT,
          "%-30s %12.2f %12s %7s  %-9s %.0f MB/s%n",
          result.name(),
          result.ours(),
          cell(result.peer()),
          cell(result.ratio()),
          result.unit().symbol(),
          result.disk());
    }
    out.flush();
  }

  private static String cell(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "-";
  }
}
