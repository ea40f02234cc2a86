package io.thermocline.tiering.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.thermocline.model.NearestWord;
import io.thermocline.tiering.policy.YamlTree.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The published JSON Schema, and what it says of a document in our words: the place, the value, and
 * what was probably meant.
 */
final class PolicySchema {
  static final String RESOURCE = "/thermocline-policies.schema.json";
  static final String API_VERSION = "thermocline/v1";
  static final String KIND = "TopicPolicies";
  static final List<String> DOCUMENT_KEYS = List.of("apiVersion", "kind", "policies");

  private static final JsonSchema SCHEMA = load();
  private static final Pattern IN_POLICY = Pattern.compile("/policies/[0-9]+(?:/([^/]+))?");
  private static final Pattern SETTING = Pattern.compile("/policies/[0-9]+/([^/]+)/([^/]+)");
  private static final Pattern BARE_NUMBER = Pattern.compile("[0-9][0-9_.]*");
  private static final Pattern AMOUNT = Pattern.compile("([0-9]+) ?([A-Za-z]+)");

  private PolicySchema() {}

  static List<PolicyFault> check(YamlTree tree) {
    List<PolicyFault> faults = new ArrayList<>();
    for (ValidationMessage message : SCHEMA.validate(tree.root())) {
      faults.add(fault(tree, message));
    }
    return faults;
  }

  private static JsonSchema load() {
    try (InputStream in = PolicySchema.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The policies' schema is missing: " + RESOURCE);
      }
      JsonNode schema = new ObjectMapper().readTree(in);
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
          .getSchema(
              schema,
              SchemaValidatorsConfig.builder()
                  .pathType(PathType.JSON_POINTER)
                  .locale(java.util.Locale.ROOT)
                  .build());
    } catch (IOException e) {
      throw new UncheckedIOException("Reading " + RESOURCE, e);
    }
  }

  private static PolicyFault fault(YamlTree tree, ValidationMessage found) {
    String pointer = found.getInstanceLocation().toString();
    return switch (found.getType()) {
      case "additionalProperties" -> {
        String inside = YamlTree.child(pointer, found.getProperty());
        yield at(tree.key(inside), inside, unknownKey(pointer, found.getProperty()));
      }
      case "required" ->
          at(
              pointer.isEmpty() ? tree.value(pointer) : tree.key(pointer),
              YamlTree.child(pointer, found.getProperty()),
              "'" + found.getProperty() + "' is missing");
      case "minProperties" ->
          at(tree.key(pointer), pointer, "this section is empty: fill it, or leave it out");
      default -> at(tree.value(pointer), pointer, wrongValue(tree, pointer, found));
    };
  }

  private static PolicyFault at(Place place, String pointer, String message) {
    return new PolicyFault(place.line(), place.column(), YamlTree.path(pointer), message);
  }

  private static String unknownKey(String parent, String key) {
    List<String> known = knownIn(parent);
    String message = "unknown key '" + key + "'";
    Optional<String> near = NearestWord.to(key, known);
    if (near.isPresent()) {
      return message + ": did you mean '" + near.get() + "'?";
    }
    Optional<String> elsewhere =
        Stream.of(PolicyKey.values())
            .filter(other -> other.key().equalsIgnoreCase(key))
            .map(PolicyKey::path)
            .findFirst();
    if (elsewhere.isPresent()) {
      return message + " here: did you mean '" + elsewhere.get() + "'?";
    }
    return message + ": known here are " + String.join(", ", known);
  }

  private static List<String> knownIn(String parent) {
    Matcher inPolicy = IN_POLICY.matcher(parent);
    if (!inPolicy.matches()) {
      return DOCUMENT_KEYS;
    }
    if (inPolicy.group(1) == null) {
      return Stream.concat(Stream.of("topics"), PolicyKey.sections().stream()).toList();
    }
    return PolicyKey.inSection(inPolicy.group(1)).stream().map(PolicyKey::key).toList();
  }

  private static String wrongValue(YamlTree tree, String pointer, ValidationMessage found) {
    Optional<PolicyKey> key = setting(pointer);
    String text = tree.text(pointer);
    if (key.isPresent()) {
      return wrongSetting(key.get(), text, tree.root().at(pointer));
    }
    String name = pointer.substring(pointer.lastIndexOf('/') + 1);
    return switch (name) {
      case "" -> "a mapping with " + String.join(", ", DOCUMENT_KEYS) + " is wanted";
      case "apiVersion" -> "apiVersion must be " + API_VERSION + ", not '" + text + "'";
      case "kind" -> "kind must be " + KIND + ", not '" + text + "'";
      case "policies" -> "policies must be a list of at most 1000 policies";
      case "topics" -> "topics must be a list of one or more patterns, as in [\"orders.*\"]";
      default -> wrongPart(pointer, text, found);
    };
  }

  private static String wrongPart(String pointer, String text, ValidationMessage found) {
    if (pointer.contains("/topics/")) {
      return "'"
          + text
          + "' is not a pattern for topics: letters, digits, '.', '_', '-', '*' and '?', at most"
          + " 249 of them";
    }
    Matcher inPolicy = IN_POLICY.matcher(pointer);
    if (inPolicy.matches()) {
      return inPolicy.group(1) == null
          ? "a policy must be a mapping with topics and settings"
          : "'"
              + inPolicy.group(1)
              + "' must be a mapping with "
              + String.join(", ", knownIn(pointer));
    }
    return found.getMessage();
  }

  static Optional<PolicyKey> setting(String pointer) {
    Matcher setting = SETTING.matcher(pointer);
    return setting.matches()
        ? PolicyKey.ofPath(setting.group(1) + "." + setting.group(2))
        : Optional.empty();
  }

  private static String wrongSetting(PolicyKey key, String text, JsonNode node) {
    String wanted = key.form.wanted;
    if (node.isNull() || (node.isTextual() && text.isEmpty())) {
      return key.path() + " has no value: write " + wanted + ", or leave the key out";
    }
    if (node.isContainerNode()) {
      return key.path() + " must be " + wanted;
    }
    if (key.form.isSize() || key.form.isAge()) {
      if (text.startsWith("-")) {
        return key.path() + ": '" + text + "' is negative: the least is " + key.min;
      }
      String units = key.form.isSize() ? "B, KiB, MiB, GiB, TiB or PiB" : "ms, s, m, h or d";
      if (BARE_NUMBER.matcher(text).matches()) {
        return key.path() + ": '" + text + "' has no unit: write " + wanted + " (" + units + ")";
      }
      Matcher amount = AMOUNT.matcher(text);
      if (amount.matches()) {
        return key.path()
            + ": '"
            + text
            + "' is not "
            + wanted
            + ": units are "
            + units
            + meant(key, amount.group(1), amount.group(2));
      }
    }
    return key.path() + ": '" + text + "' is not " + wanted;
  }

  private static String meant(PolicyKey key, String number, String unit) {
    List<String> units =
        key.form.isSize()
            ? List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB")
            : List.of("ms", "s", "m", "h", "d");
    String lower = unit.toLowerCase(java.util.Locale.ROOT);
    return units.stream()
        .filter(known -> known.regionMatches(true, 0, lower, 0, 1))
        .filter(known -> !known.equals("ms") || lower.startsWith("mil"))
        .findFirst()
        .map(known -> ": did you mean '" + number + known + "'?")
        .orElse("");
  }
}
