package io.thermocline.tiering.policy;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A YAML document as a tree that knows where each key and value stands, named by JSON pointer. Only
 * plain YAML: no aliases, anchors or tags, no second document; of a key that stands twice the first
 * counts. Numbers are in the tree by kind only: {@link #text} has what was written.
 */
final class YamlTree {
  private static final int MAX_DEPTH = 16;
  private static final YAMLFactory YAML =
      YAMLFactory.builder().enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS).build();

  /** Both from 1. */
  record Place(int line, int column) {}

  private static final Place START = new Place(1, 1);

  private final List<PolicyFault> faults = new ArrayList<>();
  private final Map<String, Place> keys = new HashMap<>();
  private final Map<String, Place> values = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private JsonNode root = MissingNode.getInstance();

  private YamlTree() {}

  /** Reads as far as it goes; what is wrong is in {@link #faults}. */
  static YamlTree read(String yaml) {
    YamlTree tree = new YamlTree();
    try (YAMLParser parser = YAML.createParser(yaml)) {
      if (parser.nextToken() == null) {
        tree.fault(START, "", "the document is empty");
        return tree;
      }
      tree.root = tree.value(parser, "", 0);
      if (parser.nextToken() != null) {
        tree.fault(place(parser), "", "a second document begins here: only one is allowed");
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      Place place = at == null ? START : new Place(at.getLineNr(), at.getColumnNr());
      tree.fault(place, "", "not YAML: " + withoutDrawing(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from a string", e);
    }
    return tree;
  }

  /** Missing when there is no document that could be read. */
  JsonNode root() {
    return root;
  }

  List<PolicyFault> faults() {
    return faults;
  }

  /** Where the key stands; for an entry of a list, the entry. */
  Place key(String pointer) {
    return keys.getOrDefault(pointer, values.getOrDefault(pointer, START));
  }

  Place value(String pointer) {
    return values.getOrDefault(pointer, START);
  }

  /** The scalar as it was written. */
  String text(String pointer) {
    return texts.getOrDefault(pointer, "");
  }

  /** A JSON pointer as people write paths: {@code /policies/0/hot} as {@code policies[0].hot}. */
  static String path(String pointer) {
    StringBuilder path = new StringBuilder();
    for (String part : pointer.split("/", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        path.append('[').append(part).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(unescape(part));
      }
    }
    return path.toString();
  }

  static String child(String pointer, String key) {
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
  }

  private static String unescape(String part) {
    return part.replace("~1", "/").replace("~0", "~");
  }

  private JsonNode value(YAMLParser parser, String pointer, int depth) throws IOException {
    Place place = place(parser);
    values.put(pointer, place);
    checkPlain(parser, place, pointer);
    if (parser.currentToken().isStructStart() && depth == MAX_DEPTH) {
      fault(place, pointer, "nested deeper than " + MAX_DEPTH);
      parser.skipChildren();
      return NullNode.getInstance();
    }
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return object(parser, pointer, depth);
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        array.add(value(parser, pointer + "/" + array.size(), depth + 1));
      }
      return array;
    }
    return scalar(parser, pointer);
  }

  private ObjectNode object(YAMLParser parser, String pointer, int depth) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      String inside = child(pointer, name);
      Place place = place(parser);
      parser.nextToken();
      if (object.has(name)) {
        String first = "it stands on line " + key(inside).line() + " already";
        fault(place, inside, "duplicate key '" + name + "': " + first);
        parser.skipChildren();
      } else {
        keys.put(inside, place);
        object.set(name, value(parser, inside, depth + 1));
      }
    }
    return object;
  }

  private JsonNode scalar(YAMLParser parser, String pointer) throws IOException {
    texts.put(pointer, parser.getText() == null ? "" : parser.getText());
    return switch (parser.currentToken()) {
      case VALUE_TRUE, VALUE_FALSE -> BooleanNode.valueOf(parser.getBooleanValue());
      case VALUE_NULL -> NullNode.getInstance();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> IntNode.valueOf(0);
      default -> TextNode.valueOf(parser.getText());
    };
  }

  private void checkPlain(YAMLParser parser, Place place, String pointer) throws IOException {
    if (parser.isCurrentAlias()) {
      fault(place, pointer, "an alias (*" + parser.getText() + "): write the value out");
    } else if (parser.getObjectId() != null) {
      fault(place, pointer, "an anchor (&" + parser.getObjectId() + "): not allowed here");
    } else if (parser.getTypeId() != null) {
      fault(place, pointer, "a tag (" + parser.getTypeId() + "): not allowed here");
    }
  }

  private void fault(Place place, String pointer, String message) {
    faults.add(new PolicyFault(place.line(), place.column(), path(pointer), message));
  }

  private static Place place(YAMLParser parser) {
    JsonLocation at = parser.currentTokenLocation();
    return new Place(at.getLineNr(), at.getColumnNr());
  }

  /** What is wrong, without the drawing of the place that stands indented between. */
  private static String withoutDrawing(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
        .collect(Collectors.joining(": "));
  }
}
