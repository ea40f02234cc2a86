package io.thermocline.server.cli;

import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.record.RecordHeader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How consumed records are written, one a line. */
enum RecordFormat {
  /** The value's bytes as they are. */
  VALUE {
    @Override
    void write(ConsumerRecord record, OutputStream out) throws IOException {
      writeBytes(record.value(), out);
    }
  },
  /** Key, tab, value. */
  KEY_VALUE {
    @Override
    void write(ConsumerRecord record, OutputStream out) throws IOException {
      writeBytes(record.key(), out);
      out.write('\t');
      writeBytes(record.value(), out);
    }
  },
  /** An object with everything; bytes that are not UTF-8 in base64. */
  JSON {
    @Override
    void write(ConsumerRecord record, OutputStream out) throws IOException {
      out.write(Json.line(document(record)).getBytes(StandardCharsets.UTF_8));
    }
  };

  /** Writes a record, without the line's end. */
  abstract void write(ConsumerRecord record, OutputStream out) throws IOException;

  /** As it is named on the command line: {@code key-value}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static RecordFormat named(String text) {
    for (RecordFormat format : values()) {
      if (format.toString().equalsIgnoreCase(text)) {
        return format;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not value, key-value or json");
  }

  private static void writeBytes(byte[] bytesOrNull, OutputStream out) throws IOException {
    if (bytesOrNull != null) {
      out.write(bytesOrNull);
    }
  }

  private static Map<String, Object> document(ConsumerRecord record) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("topic", record.topic());
    document.put("partition", record.partition());
    document.put("offset", record.offset());
    document.put("timestamp", record.timestampMillis());
    document.put("time", Instant.ofEpochMilli(record.timestampMillis()));
    document.put("tier", record.tier().name().toLowerCase(Locale.ROOT));
    Json.putBytes(document, "key", record.key());
    Json.putBytes(document, "value", record.value());
    List<Map<String, Object>> headers = new ArrayList<>();
    for (RecordHeader header : record.headers()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", header.name());
      Json.putBytes(one, "value", header.value());
      headers.add(one);
    }
    if (!headers.isEmpty()) {
      document.put("headers", headers);
    }
    return document;
  }
}
