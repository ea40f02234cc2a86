package io.thermocline.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thermocline.client.producer.ProducerRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The stream that ships with Thermocline: 1,707 earthquakes of one week in 2018, oldest first, from
 * the US Geological Survey (public domain).
 */
final class SampleStream {
  private static final String RESOURCE = "/samples/earthquakes.jsonl";

  /**
   * One earthquake.
   *
   * @param id the natural key
   * @param timestampMillis when it happened, Unix milliseconds
   * @param json its line of the file, without the line end
   */
  record Event(String id, long timestampMillis, String json) {
    ProducerRecord toRecord(String topic) {
      return ProducerRecord.of(topic, id, json).withTimestamp(timestampMillis);
    }
  }

  private SampleStream() {}

  /** All of them, in the order of the file. */
  static List<Event> read() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<Event> events = new ArrayList<>();
    try (InputStream file = SampleStream.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IOException("The sample stream is missing from this build: " + RESOURCE);
      }
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        JsonNode feature = mapper.readTree(line);
        events.add(
            new Event(
                feature.path("id").asText(),
                feature.path("properties").path("time").asLong(),
                line));
      }
    }
    return events;
  }
}
