package io.thermocline.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server's metrics page said at a time, in Prometheus' text format. */
public final class ServerMetrics {
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(\\{.*})? (\\S+)");

  private final List<String> lines;

  private ServerMetrics(List<String> lines) {
    this.lines = lines;
  }

  /** Asks a server. */
  static ServerMetrics scrape(URI page) throws IOException {
    try (InputStream body = page.toURL().openStream()) {
      return of(new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** What such a page says. */
  static ServerMetrics of(String page) {
    return new ServerMetrics(page.lines().toList());
  }

  /**
   * The sum of all samples of that name that have all these labels; 0 when there is none.
   *
   * @param labels as in {@code operation="read"}
   */
  public double sum(String name, String... labels) {
    double sum = 0;
    for (String line : lines) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches() && sample.group(1).equals(name)) {
        String given = sample.group(2) == null ? "" : sample.group(2);
        if (List.of(labels).stream().allMatch(given::contains)) {
          sum += Double.parseDouble(sample.group(3));
        }
      }
    }
    return sum;
  }
}
