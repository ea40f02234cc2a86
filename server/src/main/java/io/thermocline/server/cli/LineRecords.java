package io.thermocline.server.cli;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.thermocline.client.producer.ProducerRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Makes records of lines.
 *
 * @param template topic, partition and headers of each record
 * @param key where the key is in a line of JSON
 * @param timestamp where the timestamp is in a line of JSON
 */
record LineRecords(
    ProducerRecord template, Optional<JsonPointer> key, Optional<JsonPointer> timestamp) {

  /**
   * The line's record; empty for an empty line where JSON is wanted.
   *
   * @throws CommandFailure naming the line, when what is pointed to is not there or of no use
   */
  Optional<ProducerRecord> of(byte[] line, long number) {
    if (key.isEmpty() && timestamp.isEmpty()) {
      return Optional.of(template.withValue(line));
    }
    if (new String(line, StandardCharsets.UTF_8).isBlank()) {
      return Optional.empty();
    }
    JsonNode json = parse(line, number);
    ProducerRecord record = template.withValue(line);
    if (key.isPresent()) {
      record = record.withKey(bytes(json.at(key.get())));
    }
    if (timestamp.isPresent()) {
      record = record.withTimestamp(millis(json, number));
    }
    return Optional.of(record);
  }

  private static JsonNode parse(byte[] line, long number) {
    try {
      JsonNode json = Json.mapper().readTree(line);
      if (json.isContainerNode()) {
        return json;
      }
    } catch (IOException e) {
      throw CommandFailure.of("line " + number + " is not JSON: " + firstLine(e.getMessage()));
    }
    throw CommandFailure.of("line " + number + " is not a JSON object");
  }

  private static byte[] bytes(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    return (node.isTextual() ? node.textValue() : node.toString()).getBytes(StandardCharsets.UTF_8);
  }

  private long millis(JsonNode json, long number) {
    JsonNode node = json.at(timestamp.orElseThrow());
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    return Optional.of(node)
        .filter(JsonNode::isTextual)
        .flatMap(text -> Moments.time(text.textValue()))
        .map(Instant::toEpochMilli)
        .orElseThrow(
            () ->
                CommandFailure.of(
                    "line %d: %s is %s: a timestamp is Unix milliseconds, or a time such as 2026-11-20T12:00:00Z"
                        .formatted(
                            number,
                            timestamp.get(),
                            node.isMissingNode() ? "not there" : node.toString())));
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
