package io.thermocline.tiering.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Writes the published schema and the reference page from {@link PolicyKey}. */
final class PolicyReference {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final Map<String, String> SECTIONS =
      Map.of(
          "segment", "When the segment being written is sealed.",
          "tiering", "Whether and when records move to the cold tier.",
          "hot", "How long tiered records also stay on local disk.",
          "retention", "How long the topic's records are kept at all, over both tiers.");

  private PolicyReference() {}

  static String schema() {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "Thermocline topic policies");
    closedObject(schema, PolicySchema.DOCUMENT_KEYS);
    ObjectNode properties = schema.putObject("properties");
    properties.putObject("apiVersion").put("const", PolicySchema.API_VERSION);
    properties.putObject("kind").put("const", PolicySchema.KIND);
    ObjectNode policies = properties.putObject("policies");
    policies.put("type", "array").put("maxItems", 1000);
    policies.put("description", "The first policy that matches a topic applies.");
    policy(policies.putObject("items"));
    try {
      return JSON.writeValueAsString(schema).replace("\r\n", "\n") + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static void policy(ObjectNode policy) {
    closedObject(policy, List.of("topics"));
    ObjectNode properties = policy.putObject("properties");
    ObjectNode topics = properties.putObject("topics");
    topics.put("type", "array").put("minItems", 1).put("maxItems", 1000);
    topics.put("description", "Patterns for topic names: * is any run of characters, ? is one.");
    topics.putObject("items").put("type", "string").put("pattern", "^[A-Za-z0-9._*?-]{1,249}$");
    for (String section : PolicyKey.sections()) {
      ObjectNode object = properties.putObject(section);
      closedObject(object, List.of());
      object.put("minProperties", 1).put("description", SECTIONS.get(section));
      ObjectNode keys = object.putObject("properties");
      PolicyKey.inSection(section).forEach(key -> setting(keys.putObject(key.key()), key));
    }
  }

  private static void setting(ObjectNode node, PolicyKey key) {
    switch (key.form) {
      case BOOLEAN -> node.put("type", "boolean");
      case COMPRESSION -> node.put("type", "string").putArray("enum").add("zstd").add("none");
      default -> node.put("type", "string").put("pattern", key.form.pattern);
    }
    if (key != PolicyKey.TIERING_ENABLED) {
      node.put("default", key.defaultText());
    }
    node.put("description", key.meaning);
  }

  private static void closedObject(ObjectNode object, List<String> required) {
    object.put("type", "object").put("additionalProperties", false);
    if (!required.isEmpty()) {
      required.forEach(object.putArray("required")::add);
    }
  }

  static String page() {
    StringBuilder page = new StringBuilder(HEAD.formatted(EXAMPLE));
    for (String section : PolicyKey.sections()) {
      page.append("\n### `").append(section).append("`\n\n");
      page.append(SECTIONS.get(section)).append("\n\n");
      page.append("| key | default | least | most | meaning |\n|---|---|---|---|---|\n");
      for (PolicyKey key : PolicyKey.inSection(section)) {
        page.append(
            "| `%s` | %s | %s | %s | %s |%n"
                .formatted(key.path(), defaultOf(key), code(key.min), mostOf(key), key.meaning));
      }
    }
    return page.append(TAIL).toString().replace("\r\n", "\n");
  }

  private static String defaultOf(PolicyKey key) {
    return key == PolicyKey.TIERING_ENABLED ? "see there" : code(key.defaultText());
  }

  private static String mostOf(PolicyKey key) {
    boolean limit = key.form == PolicyKey.Form.AGE_LIMIT || key.form == PolicyKey.Form.SIZE_LIMIT;
    return code(key.max) + (limit ? " or `unlimited`" : "");
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text + "`";
  }

  /** The document of the design. */
  static final String EXAMPLE =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["orders.*", "payments"]
          segment:   { bytes: 128MiB, age: 10m }
          tiering:   { enabled: true, minFileBytes: 32MiB, maxLag: 15m, targetFileBytes: 256MiB, compression: zstd }
          hot:       { retain: 6h, maxBytes: 20GiB }
          retention: { age: 365d, maxBytes: unlimited }
        - topics: ["*"]
          tiering:   { enabled: false }
          retention: { age: 7d }
      """;

  private static final String HEAD =
      """
      # Policies

      <!-- Made by PolicyReferenceTest from PolicyKey: ./mvnw -q test -pl tiering -am -Dregenerate -->

      A policy says, for the topics it matches, when segments are sealed, when they move to the cold
      tier, how long they stay on local disk beside it, and how long records are kept at all.

      ```yaml
      %s```

      - **Which policy applies.** `topics` are patterns: `*` is any run of characters, `?` is one. The
        first policy that matches a topic applies, whole: settings of several policies are never mixed.
        A topic that no policy matches keeps everything on local disk, untiered; with `policies: []`
        that is every topic. Only a server that was given no document at all (`policies.file` is not
        set) begins with one that tiers every topic and keeps it for good. A file with nothing in it
        is an error.
      - **Units are required.** Sizes: `B`, `KiB`, `MiB`, `GiB`, `TiB`, `PiB`. Durations: `ms`, `s`, `m`,
        `h`, `d`. Whole numbers only.
      - **Reading is strict.** Unknown and duplicate keys, missing units, values out of their limits,
        keys and patterns without effect, aliases, anchors and tags are errors; all are told at once, with
        line and column. A document has at most 256 KiB. `thermocline policy validate` checks a file,
        `thermocline policy plan` says what it would tier, trim and delete, before anything is.
      - **Editors** complete and check with the JSON Schema
        [`thermocline-policies.schema.json`](../../tiering/src/main/resources/thermocline-policies.schema.json), the one
        the server itself uses. A first line `# yaml-language-server: $schema=` and the schema's path or
        address tells many of them; the samples in `deploy/policies` begin with it.

      ## Settings
      """;

  private static final String TAIL =
      """

      ## What the limits promise

      - Ages are counted from the time the broker appended a record, never from its timestamp.
      - `hot.*` never lets go of records that are not tiered: a local copy goes only after the commit that
        put it in the table was read back.
      - `retention.*` deletes for good, oldest first, whole segments and files, never the segment being
        written. It deletes also what was never tiered, and says so in the plan, the log and the metric
        `thermocline.tiering.untiered.deleted.offsets`. For a tiered topic the table's log start is
        committed first: while the cold tier cannot be reached nothing is deleted.
      - Sizes are those of the whole topic. An offset that lies in both tiers is counted once, as it lies in
        the cold tier.
      - A jump of the clock deletes nothing: retention has its own time. It believes steps of up to five
        minutes at once; when the clock is further ahead, as after the server was off for a day, it runs at
        twice the speed of real time until it has caught up. An append time in the future, before the topic was created, or out of order with its
        neighbors is not trusted: such a record counts as old as the first later one that is.
      - A partition with a problem (see `thermocline tier status`) stands still: nothing of it is tiered,
        trimmed or deleted, and its bytes do not count toward the limits of its topic.
      """;
}
