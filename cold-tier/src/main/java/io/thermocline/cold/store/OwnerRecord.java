package io.thermocline.cold.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;

/**
 * What an owner file says.
 *
 * <pre>{@code
 * {"version":1,"epoch":1,"cluster":"<uuid>","writer":"<uuid>","madeAt":"2026-11-20T10:00:00Z"}
 * }</pre>
 *
 * @param epoch as in the file's name
 * @param cluster who owns the warehouse
 * @param writer random for each file written, so that a writer knows its own
 * @param madeAt by the writer's clock, for people
 */
record OwnerRecord(long epoch, UUID cluster, UUID writer, Instant madeAt) {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  byte[] toBytes() {
    ObjectNode node = JSON.createObjectNode();
    node.put("version", VERSION);
    node.put("epoch", epoch);
    node.put("cluster", cluster.toString());
    node.put("writer", writer.toString());
    node.put("madeAt", madeAt.toString());
    try {
      return (JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new ThermoclineException(ErrorKind.INTERNAL, "Can't write an owner record", e);
    }
  }

  /**
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is not what {@link #toBytes}
   *     gives; {@link ErrorKind#FAILED_PRECONDITION} for a newer version
   */
  static OwnerRecord parse(byte[] bytes, long expectedEpoch, String location) {
    try {
      JsonNode node = JSON.readTree(bytes);
      int version = node.path("version").asInt();
      if (version > VERSION) {
        throw new ThermoclineException(
            ErrorKind.FAILED_PRECONDITION,
            "Owner file %s has version %d; this build knows %d: use a newer one"
                .formatted(location, version, VERSION));
      }
      OwnerRecord owner =
          new OwnerRecord(
              node.required("epoch").asLong(),
              UUID.fromString(node.required("cluster").asText()),
              UUID.fromString(node.required("writer").asText()),
              Instant.parse(node.required("madeAt").asText()));
      if (version < 1 || owner.epoch != expectedEpoch) {
        throw damaged(location, "version %d, epoch %d".formatted(version, owner.epoch), null);
      }
      return owner;
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw damaged(location, e.getMessage(), e);
    }
  }

  private static ThermoclineException damaged(String location, String what, Exception cause) {
    return new ThermoclineException(
        ErrorKind.CORRUPT, "Owner file %s is damaged: %s".formatted(location, what), cause);
  }
}
