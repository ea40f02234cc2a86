package io.thermocline.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the YAML file token by token, so that every problem has its line and column. */
final class ConfigFile {
  private static final long MAX_BYTES = 1 << 20;

  private final Path path;
  private final Map<String, Configuration.Written> written;
  private final List<String> problems;
  private final Set<String> seen = new HashSet<>();
  private final Deque<String> nesting = new ArrayDeque<>();

  private ConfigFile(Path path, Map<String, Configuration.Written> written, List<String> problems) {
    this.path = path;
    this.written = written;
    this.problems = problems;
  }

  /** Adds what the file says, and what is wrong with it. */
  static void read(Path path, Map<String, Configuration.Written> written, List<String> problems) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        problems.add(path + ": larger than 1 MiB: that is no configuration");
        return;
      }
      new ConfigFile(path, written, problems).read(Files.readString(path));
    } catch (JsonProcessingException e) {
      problems.add(
          at(path, e.getLocation()) + ": not YAML: " + withoutText(e.getOriginalMessage()));
    } catch (NoSuchFileException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "There is no configuration file " + path.toAbsolutePath(), e);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Configuration file " + path + " can't be read: " + FileFailure.reason(e),
          e);
    }
  }

  private void read(String yaml) throws IOException {
    try (JsonParser parser = new YAMLFactory().createParser(yaml)) {
      if (parser.nextToken() == null) {
        return;
      }
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        problems.add(at(path, parser.currentTokenLocation()) + ": keys with values are expected");
        return;
      }
      object(parser);
      if (parser.nextToken() != null) {
        problems.add(
            at(path, parser.currentTokenLocation()) + ": a second document begins: one is read");
      }
    }
  }

  private void object(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      String where = at(path, parser.currentTokenLocation());
      nesting.addLast(name);
      String key = String.join(".", nesting);
      boolean isGroup = ConfigKeys.names().stream().anyMatch(known -> known.startsWith(key + "."));
      JsonToken value = parser.nextToken();
      if (!seen.add(key)) {
        problems.add(where + ": key " + key + " stands here a second time");
        parser.skipChildren();
      } else if (isGroup && value == JsonToken.START_OBJECT) {
        object(parser);
      } else if (isGroup || !ConfigKeys.names().contains(key)) {
        problems.add(
            where
                + ": "
                + (isGroup ? key + " holds keys of its own, not a value" : "unknown key " + key)
                + (isGroup ? "" : ConfigKeys.didYouMean(key, ConfigKeys.names())));
        parser.skipChildren();
      } else if (!value.isScalarValue()) {
        problems.add(where + ": " + key + " takes one value");
        parser.skipChildren();
      } else {
        String text = value == JsonToken.VALUE_NULL ? "" : parser.getText();
        written.put(key, new Configuration.Written(text, where));
      }
      nesting.removeLast();
    }
  }

  /** The file's own lines stand indented between: a secret may be in them. */
  private static String withoutText(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
        .collect(Collectors.joining(": "));
  }

  private static String at(Path path, JsonLocation location) {
    return location == null
        ? path.toString()
        : path + ":" + location.getLineNr() + ":" + location.getColumnNr();
  }
}
