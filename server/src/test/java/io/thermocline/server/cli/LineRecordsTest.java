package io.thermocline.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import io.thermocline.client.producer.ProducerRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineRecordsTest {
  private static final ProducerRecord TEMPLATE =
      ProducerRecord.of("t", (byte[]) null, null).withHeader("h", "v");
  private static final LineRecords PLAIN =
      new LineRecords(TEMPLATE, Optional.empty(), Optional.empty());
  private static final LineRecords BY_POINTER =
      new LineRecords(
          TEMPLATE,
          Optional.of(JsonPointer.compile("/id")),
          Optional.of(JsonPointer.compile("/at/time")));

  @Test
  void linesAreBytesAndOnlyTheLineFeedEndsThem() throws IOException {
    byte[] input = {'a', '\r', '\n', '\n', (byte) 0xff, 0, '\n', 'z'};
    LineReader reader = new LineReader(new ByteArrayInputStream(input));
    List<byte[]> lines = new ArrayList<>();
    for (byte[] line = reader.next(); line != null; line = reader.next()) {
      lines.add(line);
    }
    assertThat(lines)
        .containsExactly(
            new byte[] {'a', '\r'}, new byte[0], new byte[] {(byte) 0xff, 0}, new byte[] {'z'});
    assertThat(reader.number()).isEqualTo(4);
  }

  @Test
  void aLineMayBeLongerThanTheBuffer() throws IOException {
    byte[] input = new byte[200_000];
    LineReader reader = new LineReader(new ByteArrayInputStream(input));
    assertThat(reader.next()).isEqualTo(input);
    assertThat(reader.next()).isNull();
  }

  @Test
  void aLineLongerThanARecordMayBeIsRefused() {
    LineReader reader = new LineReader(new ByteArrayInputStream(new byte[(20 << 20) + 1]));
    assertThatThrownBy(reader::next).isInstanceOf(IOException.class).hasMessageContaining("line 1");
  }

  @Test
  void withoutPointersTheLineIsTheValue() {
    ProducerRecord record = PLAIN.of("not json".getBytes(UTF_8), 1).orElseThrow();
    assertThat(record.value()).isEqualTo("not json".getBytes(UTF_8));
    assertThat(record.key()).isNull();
    assertThat(record.timestampMillis()).isEmpty();
    assertThat(record.headers()).hasSize(1);
    assertThat(PLAIN.of(new byte[0], 2)).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'id':'k','at':{'time':5}}               | k    | 1970-01-01T00:00:00.005Z",
        "{'id':17,'at':{'time':'2026-11-20'}}     | 17   | 2026-11-20T00:00:00Z",
        "{'id':{'a':1},'at':{'time':-1}}          | {'a':1} | 1969-12-31T23:59:59.999Z",
      })
  void keysAndTimestampsArePointedTo(String json, String key, Instant time) {
    String line = json.replace('\'', '"').strip();
    ProducerRecord record = BY_POINTER.of(line.getBytes(UTF_8), 1).orElseThrow();
    assertThat(record.key()).asString(UTF_8).isEqualTo(key.replace('\'', '"'));
    assertThat(record.timestampMillis()).hasValue(time.toEpochMilli());
    assertThat(record.value()).asString(UTF_8).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"at\":{\"time\":1}}", "{\"id\":null,\"at\":{\"time\":1}}"})
  void whereThereIsNoKeyTheRecordHasNone(String json) {
    assertThat(BY_POINTER.of(json.getBytes(UTF_8), 1).orElseThrow().key()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1}",
        "{\"at\":{\"time\":null}}",
        "{\"at\":{\"time\":1.5}}",
        "{\"at\":{\"time\":\"soon\"}}",
        "{\"at\":",
        "17"
      })
  void whatIsOfNoUseIsRefusedWithItsLine(String json) {
    assertThatThrownBy(() -> BY_POINTER.of(json.getBytes(UTF_8), 12))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("line 12");
  }

  @Test
  void emptyLinesAreSkippedWhereJsonIsWanted() {
    assertThat(BY_POINTER.of(" ".getBytes(UTF_8), 1)).isEmpty();
  }
}
