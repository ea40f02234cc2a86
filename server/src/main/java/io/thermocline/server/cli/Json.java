package io.thermocline.server.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.thermocline.model.OffsetRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** JSON as this command prints it: times as ISO text, durations in milliseconds. */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(
              new SimpleModule("cli", Version.unknownVersion())
                  .addSerializer(Instant.class, writing((g, time) -> g.writeString("" + time)))
                  .addSerializer(
                      Duration.class, writing((g, time) -> g.writeNumber(time.toMillis())))
                  .addSerializer(
                      Optional.class,
                      writing((g, maybe) -> g.writePOJO(((Optional<?>) maybe).orElse(null))))
                  .addSerializer(
                      OptionalInt.class,
                      writing(
                          (g, number) -> {
                            if (number.isPresent()) {
                              g.writeNumber(number.getAsInt());
                            } else {
                              g.writeNull();
                            }
                          })))
          .addMixIn(OffsetRange.class, RangeFields.class)
          .build();

  /** What a range can be asked is no field of it. */
  @JsonIgnoreProperties("empty")
  private interface RangeFields {}

  private interface Writing<T> {
    void write(JsonGenerator generator, T value) throws IOException;
  }

  private Json() {}

  static ObjectMapper mapper() {
    return MAPPER;
  }

  /** On one line. */
  static String line(Object document) {
    return write(false, document);
  }

  /** Indented. */
  static String pretty(Object document) {
    return write(true, document);
  }

  /** As text under {@code name}, or in base64 under {@code nameBase64}; null is null. */
  static void putBytes(Map<String, Object> document, String name, byte[] bytesOrNull) {
    if (bytesOrNull == null) {
      document.put(name, null);
      return;
    }
    try {
      document.put(
          name,
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytesOrNull)).toString());
    } catch (CharacterCodingException e) {
      document.put(name + "Base64", Base64.getEncoder().encodeToString(bytesOrNull));
    }
  }

  private static String write(boolean pretty, Object document) {
    try {
      return pretty
          ? MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document)
          : MAPPER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not something JSON can say: " + document, e);
    }
  }

  private static <T> JsonSerializer<T> writing(Writing<T> writing) {
    return new JsonSerializer<>() {
      @Override
      public void serialize(T value, JsonGenerator generator, SerializerProvider provider)
          throws IOException {
        writing.write(generator, value);
      }
    };
  }
}
