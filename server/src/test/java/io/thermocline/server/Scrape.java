package io.thermocline.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server's {@code /metrics} says. */
record Scrape(String text) {
  private static final Pattern TYPE = Pattern.compile("^# TYPE (\\S+) (\\S+)$", Pattern.MULTILINE);
  private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"");

  static Scrape of(ThermoclineServer server) throws IOException, InterruptedException {
    return of(URI.create("http://127.0.0.1:" + server.httpPort() + "/metrics"));
  }

  static Scrape of(URI address) throws IOException, InterruptedException {
    return new Scrape(
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
            .body());
  }

  /** The value of a sample without labels. */
  double value(String sample) {
    Matcher line =
        Pattern.compile("^" + Pattern.quote(sample) + " (\\S+)$", Pattern.MULTILINE).matcher(text);
    if (!line.find()) {
      throw new AssertionError("No sample " + sample + " in\n" + text);
    }
    return Double.parseDouble(line.group(1));
  }

  /** The type of each metric, by name. */
  Map<String, String> types() {
    Map<String, String> types = new TreeMap<>();
    Matcher lines = TYPE.matcher(text);
    while (lines.find()) {
      types.put(lines.group(1), lines.group(2));
    }
    return types;
  }

  /** The labels a metric's samples have, those of Prometheus itself left out. */
  Set<String> labels(String metric) {
    Set<String> labels = new TreeSet<>();
    Pattern sample =
        Pattern.compile(
            "^" + Pattern.quote(metric) + "(?:_sum|_count|_bucket)?\\{([^}]*)\\}",
            Pattern.MULTILINE);
    sample
        .matcher(text)
        .results()
        .forEach(
            line ->
                LABEL
                    .matcher(line.group(1))
                    .results()
                    .forEach(label -> labels.add(label.group(1))));
    labels.remove("le");
    return labels;
  }
}
