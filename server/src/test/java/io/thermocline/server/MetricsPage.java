package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table of metrics in {@code docs/operations.md}: a row's first cell is the name, its second
 * the type, its third the labels.
 */
final class MetricsPage {
  static final String PATH = "docs/operations.md";

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z][a-z0-9_]*)` \\| ([a-z]+) \\|([^|]*)\\|.*$", Pattern.MULTILINE);
  private static final Pattern LABEL = Pattern.compile("`([a-z]+)`");

  /**
   * A row.
   *
   * @param type as Prometheus says it
   */
  record Metric(String type, Set<String> labels) {}

  private MetricsPage() {}

  /** All rows, by name. */
  static Map<String, Metric> read() throws IOException {
    Map<String, Metric> metrics = new TreeMap<>();
    Matcher rows = ROW.matcher(Repository.text(PATH));
    while (rows.find()) {
      Set<String> labels = new TreeSet<>();
      LABEL.matcher(rows.group(3)).results().forEach(label -> labels.add(label.group(1)));
      Metric twice = metrics.put(rows.group(1), new Metric(rows.group(2), labels));
      assertThat(twice).as("%s stands twice in %s", rows.group(1), PATH).isNull();
    }
    return metrics;
  }

  /** The names a query may use: histograms and summaries have several. */
  static Set<String> series() throws IOException {
    Set<String> series = new HashSet<>();
    read()
        .forEach(
            (name, metric) -> {
              switch (metric.type()) {
                case "summary" -> series.addAll(Set.of(name + "_sum", name + "_count"));
                case "histogram" ->
                    series.addAll(Set.of(name + "_sum", name + "_count", name + "_bucket"));
                default -> series.add(name);
              }
            });
    return series;
  }
}
