package io.thermocline.cold.records;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A {@link TopicRecord} as one line of JSON.
 *
 * <pre>{@code
 * {"version":1,"epoch":1,"cluster":"<uuid>","topic":"orders","id":"<uuid>",
 *  "created":"2026-11-20T10:00:00Z","partitionCount":2,"settings":{"tiering.enabled":"true",...},
 *  "table":{"name":"thermocline.orders","location":"...","metadata":"...","sequence":7},
 *  "partitions":[{"partition":0,"logStart":0,"tieredTo":90,"end":100,"logEpoch":0,"fence":0},...],
 *  "writtenAt":"2026-11-20T11:00:00Z","check":"<CRC32C of the line without this field>"}
 * }</pre>
 *
 * <p>{@code "deleted":"keep"} or {@code "purge"} stands in that of a deleted topic, no {@code
 * table} before the first commit.
 */
final class TopicRecordJson {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private TopicRecordJson() {}

  static byte[] toBytes(TopicRecord record) {
    ObjectNode node = JSON.createObjectNode();
    node.put("version", VERSION);
    node.put("epoch", record.epoch());
    node.put("cluster", record.cluster().toString());
    Topic topic = record.topic();
    node.put("topic", topic.name());
    node.put("id", topic.id().uuid().toString());
    node.put("created", topic.created().toString());
    node.put("partitionCount", topic.partitionCount());
    record.deletion().ifPresent(how -> node.put("deleted", how.name().toLowerCase(Locale.ROOT)));
    ObjectNode settings = node.putObject("settings");
    record.note().settings().forEach(settings::put);
    record.table().ifPresent(pointer -> write(pointer, node.putObject("table")));
    write(record, node.putArray("partitions"));
    node.put("writtenAt", record.writtenAt().toString());
    node.put("check", check(node));
    return (text(node) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void write(TopicRecord.Pointer pointer, ObjectNode node) {
    node.put("name", pointer.name());
    node.put("location", pointer.location());
    node.put("metadata", pointer.metadata());
    node.put("sequence", pointer.sequence());
  }

  private static void write(TopicRecord record, ArrayNode partitions) {
    TreeMap<Integer, TopicNote.Mark> marks = new TreeMap<>(record.note().marks());
    record.tieredTo().keySet().forEach(number -> marks.putIfAbsent(number, TopicNote.Mark.NONE));
    marks.forEach(
        (number, mark) -> {
          ObjectNode node = partitions.addObject();
          node.put("partition", number);
          node.put("logStart", mark.logStart());
          node.put("tieredTo", record.tieredTo().getOrDefault(number, 0L));
          node.put("end", mark.end());
          node.put("logEpoch", mark.epoch());
          node.put("fence", mark.fence());
        });
  }

  /**
   * Reads what {@link #toBytes} gave.
   *
   * @param location for messages
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is something else; {@link
   *     ErrorKind#FAILED_PRECONDITION} for a newer version
   */
  static TopicRecord parse(byte[] bytes, String location) {
    try {
      JsonNode read = JSON.readTree(bytes);
      int version = read.path("version").asInt();
      if (version > VERSION) {
        throw new ThermoclineException(
            ErrorKind.FAILED_PRECONDITION,
            "Topic record %s has version %d; this build knows %d: use a newer one"
                .formatted(location, version, VERSION));
      }
      if (version < 1
          || !(read instanceof ObjectNode node)
          || !check(node).equals(node.path("check").asText())) {
        throw damaged(location, "its checksum is not that of its text", null);
      }
      return record(node);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw damaged(location, e.getMessage(), e);
    }
  }

  private static TopicRecord record(ObjectNode node) {
    TopicId id =
        new TopicId(UUID.fromString(node.required("id").asText()), node.required("topic").asText());
    Topic topic =
        new Topic(
            id,
            node.required("partitionCount").asInt(),
            Instant.parse(node.required("created").asText()));
    Map<String, String> settings = new TreeMap<>();
    node.required("settings")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    Map<Integer, TopicNote.Mark> marks = new TreeMap<>();
    TreeMap<Integer, Long> tieredTo = new TreeMap<>();
    for (JsonNode partition : node.required("partitions")) {
      int number = partition.required("partition").asInt();
      tieredTo.put(number, partition.required("tieredTo").asLong());
      marks.put(
          number,
          new TopicNote.Mark(
              partition.required("logStart").asLong(),
              partition.required("end").asLong(),
              partition.required("logEpoch").asInt(),
              partition.required("fence").asLong()));
    }
    return new TopicRecord(
        node.required("epoch").asLong(),
        UUID.fromString(node.required("cluster").asText()),
        new TopicNote(topic, settings, marks),
        Optional.ofNullable(node.get("deleted"))
            .map(how -> TopicRecord.Deletion.valueOf(how.asText().toUpperCase(Locale.ROOT))),
        Optional.ofNullable(node.get("table")).map(TopicRecordJson::pointer),
        tieredTo,
        Instant.parse(node.required("writtenAt").asText()));
  }

  private static TopicRecord.Pointer pointer(JsonNode node) {
    return new TopicRecord.Pointer(
        node.required("name").asText(),
        node.required("location").asText(),
        node.required("metadata").asText(),
        node.required("sequence").asLong());
  }

  private static String check(ObjectNode node) {
    ObjectNode rest = node.deepCopy();
    JsonNode unused = rest.remove("check");
    CRC32C crc = new CRC32C();
    crc.update(text(rest).getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }

  private static String text(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new ThermoclineException(ErrorKind.INTERNAL, "Can't write a topic record", e);
    }
  }

  private static ThermoclineException damaged(String location, String what, Exception cause) {
    return new ThermoclineException(
        ErrorKind.CORRUPT, "Topic record %s is damaged: %s".formatted(location, what), cause);
  }
}
