package io.thermocline.tiering.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Compression;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyParserTest {
  private static final String HEAD = "apiVersion: thermocline/v1\nkind: TopicPolicies\npolicies:\n";

  /** A document whose fourth line is {@code - topics: ["a"]}; more lines are indented by four. */
  private static String policy(String... lines) {
    StringBuilder text = new StringBuilder(HEAD).append("  - topics: [\"a\"]\n");
    for (String line : lines) {
      text.append("    ").append(line).append('\n');
    }
    return text.toString();
  }

  private static List<PolicyFault> faults(String yaml) {
    return PolicyParser.parse(yaml).faults();
  }

  private static PolicyFault onlyFault(String yaml) {
    List<PolicyFault> faults = faults(yaml);
    assertThat(faults).hasSize(1);
    return faults.get(0);
  }

  private static void assertFault(
      PolicyFault fault, int line, int column, String path, String... parts) {
    assertThat(fault.line()).as(fault.toString()).isEqualTo(line);
    assertThat(fault.column()).as(fault.toString()).isEqualTo(column);
    assertThat(fault.path()).isEqualTo(path);
    assertThat(fault.message()).contains(parts);
  }

  private static PolicyDocument good(String yaml) {
    PolicyParser.Parsed parsed = PolicyParser.parse(yaml);
    assertThat(parsed.faults()).isEmpty();
    return parsed.document().orElseThrow();
  }

  @Test
  void readsTheDocumentOfTheDesign() {
    PolicyDocument document = good(PolicyReference.EXAMPLE);
    TopicPolicy orders = document.of("orders.eu");
    assertThat(orders.segment())
        .isEqualTo(new TopicPolicy.Segment(128L << 20, Duration.ofMinutes(10)));
    assertThat(orders.tiering())
        .isEqualTo(
            new TopicPolicy.Tiering(
                true, 32L << 20, Duration.ofMinutes(15), 256L << 20, Compression.ZSTD));
    assertThat(orders.hot())
        .isEqualTo(
            new TopicPolicy.Hot(Optional.of(Duration.ofHours(6)), OptionalLong.of(20L << 30)));
    assertThat(orders.retention())
        .isEqualTo(
            new TopicPolicy.Retention(Optional.of(Duration.ofDays(365)), OptionalLong.empty()));
    assertThat(document.of("payments")).isEqualTo(orders);
    assertThat(document.of("clicks").tiering().enabled()).isFalse();
    assertThat(document.of("clicks").retention().age()).contains(Duration.ofDays(7));
    assertThat(document.effective("clicks").policyIndex()).isEqualTo(1);
  }

  @Test
  void saysWhereEachSettingComesFrom() {
    PolicyDocument document = good(policy("tiering:", "  maxLag: 5m"));
    assertThat(document.effective("a").settings())
        .contains(
            new PolicyDocument.Setting(PolicyKey.TIERING_MAX_LAG, "5m", "line 6"),
            new PolicyDocument.Setting(PolicyKey.TIERING_ENABLED, "true", "default"),
            new PolicyDocument.Setting(PolicyKey.HOT_RETAIN, "6h", "default"));
    assertThat(document.effective("b").policyIndex()).isEqualTo(-1);
    assertThat(document.of("b").tiering().enabled()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(PolicyKey.class)
  void everyKeyIsReadWithItsSourceAndRefusedWhenItIsWrong(PolicyKey key) {
    String other = otherThanDefault(key);
    String tiering = key.section().equals("hot") ? "tiering: { enabled: true }" : "";
    String section = key.section() + ": { " + key.key() + ": %s }";
    PolicyDocument document = good(policy(section.formatted(other), tiering));
    assertThat(document.effective("a").settings())
        .contains(new PolicyDocument.Setting(key, other, "line 5"));
    assertThat(key.textIn(document.of("none"))).isEqualTo(key.defaultText());
    int column = 5 + key.section().length() + 4 + key.key().length() + 2;
    assertFault(
        onlyFault(policy(section.formatted("[1]"), tiering)),
        5,
        column,
        "policies[0]." + key.path(),
        key.path());
  }

  private static String otherThanDefault(PolicyKey key) {
    return switch (key.form) {
      case BOOLEAN -> "true";
      case COMPRESSION -> "none";
      case SIZE, SIZE_LIMIT -> "48MiB";
      case AGE, AGE_LIMIT -> "36m";
    };
  }

  @Test
  void anUnknownKeyIsNamedWithTheNearestKnownOne() {
    assertFault(
        onlyFault(policy("tiering: { enabled: true }", "hot:", "  retian: 6h")),
        7,
        7,
        "policies[0].hot.retian",
        "unknown key 'retian'",
        "did you mean 'retain'?");
  }

  @Test
  void aKeyOfAnotherSectionIsSentThere() {
    assertFault(
        onlyFault(policy("retain: 6h")),
        5,
        5,
        "policies[0].retain",
        "unknown key 'retain'",
        "'hot.retain'");
  }

  @Test
  void aKeyLikeNoOtherIsAnsweredWithTheKnownOnes() {
    assertFault(
        onlyFault(policy("compaction: true")), 5, 5, "policies[0].compaction", "topics", "hot");
    assertFault(onlyFault("color: red\n" + policy()), 1, 1, "color", "apiVersion, kind, policies");
  }

  @Test
  void aDuplicateKeyNamesTheFirst() {
    assertFault(
        onlyFault(policy("segment: { age: 10m }", "segment: { age: 20m }")),
        6,
        5,
        "policies[0].segment",
        "duplicate key 'segment'",
        "line 5");
  }

  @Test
  void aMissingUnitIsAnErrorWithTheUnits() {
    assertFault(
        onlyFault(policy("segment: { bytes: 128 }")),
        5,
        23,
        "policies[0].segment.bytes",
        "'128' has no unit",
        "MiB");
    assertFault(
        onlyFault(policy("retention: { age: \"7\" }")),
        5,
        23,
        "policies[0].retention.age",
        "'7' has no unit",
        "ms, s, m, h or d");
  }

  @Test
  void aNegativeAgeIsAnError() {
    assertFault(
        onlyFault(policy("retention: { age: -7d }")),
        5,
        23,
        "policies[0].retention.age",
        "'-7d' is negative",
        "1s");
    assertFault(
        onlyFault(policy("retention: { age: -7 }")),
        5,
        23,
        "policies[0].retention.age",
        "negative");
  }

  @Test
  void twoErrorsAreToldAtOnceInOrderOfPlace() {
    List<PolicyFault> faults =
        faults(policy("retention: { age: 7 }", "segmnt: { bytes: 1MiB }", "segment: { age: 0s }"));
    assertThat(faults).extracting(PolicyFault::line).containsExactly(5, 6, 7);
    assertThat(faults)
        .extracting(PolicyFault::path)
        .containsExactly(
            "policies[0].retention.age", "policies[0].segmnt", "policies[0].segment.age");
  }

  @ParameterizedTest
  @CsvSource({
    "128MB, 128MiB",
    "128mib, 128MiB",
    "128 MiB, 128MiB",
    "128G, 128GiB",
  })
  void anUnknownUnitIsAnsweredWithTheNearest(String written, String meant) {
    assertFault(
        onlyFault(policy("segment: { bytes: " + written + " }")),
        5,
        23,
        "policies[0].segment.bytes",
        "'" + written + "'",
        "did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"10min, 10m", "3days, 3d", "2hours, 2h", "500millis, 500ms"})
  void anUnknownUnitOfTimeToo(String written, String meant) {
    assertThat(onlyFault(policy("segment: { age: " + written + " }")).message())
        .contains("did you mean '" + meant + "'?");
  }

  @Test
  void valuesOutOfTheirLimitsNameTheLimit() {
    assertFault(
        onlyFault(policy("segment: { bytes: 2GiB }")),
        5,
        23,
        "policies[0].segment.bytes",
        "2GiB is too large",
        "1GiB");
    assertThat(onlyFault(policy("segment: { age: 1ms }")).message()).contains("the least is 1s");
    assertThat(onlyFault(policy("retention: { age: 99999999999999999999999999d }")).message())
        .contains("too large");
  }

  @Test
  void keysWithoutEffectAreErrors() {
    assertFault(
        onlyFault(policy("tiering: { enabled: false, maxLag: 5m }")),
        5,
        32,
        "policies[0].tiering.maxLag",
        "no effect",
        "tiering.enabled is false");
    assertFault(
        onlyFault(policy("hot: { retain: 6h }")),
        5,
        12,
        "policies[0].hot.retain",
        "no effect",
        "no 'tiering' section");
    assertFault(
        onlyFault(
            policy("tiering: { enabled: true }", "hot: { retain: 8d }", "retention: { age: 7d }")),
        6,
        20,
        "policies[0].hot.retain",
        "no effect",
        "retention.age 7d");
  }

  @Test
  void keysAtOddsAreErrors() {
    assertFault(
        onlyFault(policy("tiering: { minFileBytes: 2MiB, targetFileBytes: 1MiB }")),
        5,
        53,
        "policies[0].tiering.targetFileBytes",
        "1MiB is less than",
        "2MiB");
    assertFault(
        onlyFault(policy("tiering: { maxLag: 2h }", "retention: { age: 1h }")),
        6,
        23,
        "policies[0].retention.age",
        "before they are tiered",
        "2h");
  }

  @Test
  void theDefaultLeastFileFollowsASmallerTarget() {
    TopicPolicy policy = good(policy("tiering: { targetFileBytes: 1MiB }")).of("a");
    assertThat(policy.tiering().minFileBytes()).isEqualTo(1 << 20);
  }

  @Test
  void theDefaultTargetFollowsALargerLeastFile() {
    TopicPolicy policy = good(policy("tiering: { minFileBytes: 300MiB }")).of("a");
    assertThat(policy.tiering().targetFileBytes()).isEqualTo(300 << 20);
  }

  @Test
  void aPolicyNoTopicReachesIsAnError() {
    String yaml =
        HEAD
            + """
              - topics: ["*"]
                retention: { age: 7d }
              - topics: ["orders.*", "x"]
            """;
    List<PolicyFault> faults = faults(yaml);
    assertThat(faults).hasSize(2);
    assertFault(
        faults.get(0), 6, 14, "policies[1].topics[0]", "no topic reaches 'orders.*'", "line 4");
    assertFault(faults.get(1), 6, 26, "policies[1].topics[1]", "'*' on line 4");
  }

  @Test
  void aPatternTwiceInOnePolicyIsAnError() {
    assertThat(onlyFault(HEAD + "  - topics: [\"a\", \"a\"]\n").message()).contains("no effect");
  }

  @Test
  void aliasesAnchorsAndTagsAreErrors() {
    List<PolicyFault> faults =
        faults(policy("segment: &s { age: 10m }", "retention: { age: !!str 7d, maxBytes: *s }"));
    assertThat(faults).extracting(PolicyFault::line).containsExactly(5, 6, 6);
    assertThat(faults.get(0).message()).contains("anchor");
    assertThat(faults.get(1).message()).contains("tag");
    assertThat(faults.get(2).message()).contains("alias");
  }

  @Test
  void brokenYamlIsToldWithItsPlace() {
    PolicyFault fault = onlyFault(policy("segment: { age: 10m"));
    assertThat(fault.line()).as(fault.toString()).isEqualTo(5);
    assertThat(fault.column()).isEqualTo(24);
    assertThat(fault.message()).contains("not YAML", "expected ',' or '}'");
  }

  @Test
  void otherDocumentsAreRefusedByWhatTheyLack() {
    assertThat(onlyFault("").message()).contains("empty");
    assertThat(onlyFault("just text").message()).contains("mapping");
    assertThat(faults("kind: TopicPolicies"))
        .extracting(PolicyFault::message)
        .containsExactly("'apiVersion' is missing", "'policies' is missing");
    assertFault(
        onlyFault("apiVersion: thermocline/v2\nkind: TopicPolicies\npolicies: []"),
        1,
        13,
        "apiVersion",
        "thermocline/v1",
        "'thermocline/v2'");
    assertThat(onlyFault(policy() + "---\nmore: yes\n").message()).contains("second document");
  }

  @Test
  void partsOfTheWrongShapeAreErrors() {
    assertThat(onlyFault(HEAD + "  - topics: orders\n").message()).contains("list");
    assertThat(onlyFault(HEAD + "  - topics: []\n").message()).contains("one or more");
    assertThat(onlyFault(HEAD + "  - topics: [\"a/b\"]\n").message()).contains("'a/b'");
    assertThat(onlyFault(HEAD + "  - orders\n").message()).contains("mapping");
    assertThat(faults(HEAD + "  orders: { topics: [\"a\"] }\n")).isNotEmpty();
    assertThat(faults(HEAD + "  - topics: { a: \"b\" }\n")).isNotEmpty();
    assertThat(onlyFault(policy("segment: 10m")).message()).contains("bytes, age");
    assertThat(onlyFault(policy("segment: {}")).message()).contains("empty");
    assertThat(onlyFault(policy("segment: { age: }")).message()).contains("no value");
    assertThat(onlyFault(policy("tiering: { enabled: yes }")).message())
        .contains("true or false", "'yes'");
    assertThat(onlyFault(policy("tiering: { compression: lz4 }")).message())
        .contains("zstd or none", "'lz4'");
  }

  @Test
  void aHugeDocumentIsRefusedUnread() {
    assertThat(onlyFault("#".repeat(100 << 20)).message()).contains("262144");
  }

  @Test
  void deepNestingIsRefused() {
    assertThat(faults("a: " + "[".repeat(5000))).isNotEmpty();
    assertThat(faults(policy("segment: " + "[".repeat(30) + "]".repeat(30))))
        .anySatisfy(fault -> assertThat(fault.message()).contains("nested deeper"));
  }

  @Test
  void neverThrowsWhateverIsCutOrChanged() {
    String yaml = PolicyReference.EXAMPLE;
    java.util.Random random = new java.util.Random(7);
    String odd = "{}[]:,&*!|>'\"%@`#-? \t\n0aZ\u0000é";
    for (int i = 0; i < 3_000; i++) {
      StringBuilder text = new StringBuilder(yaml);
      for (int j = random.nextInt(4); j >= 0; j--) {
        int at = random.nextInt(text.length());
        text.replace(at, at + random.nextInt(2), "" + odd.charAt(random.nextInt(odd.length())));
      }
      PolicyParser.Parsed parsed = PolicyParser.parse(text.toString());
      assertThat(parsed.document().isPresent()).isEqualTo(parsed.faults().isEmpty());
      assertThat(parsed.faults())
          .allSatisfy(
              fault -> {
                assertThat(fault.line()).isPositive();
                assertThat(fault.column()).isPositive();
              });
    }
  }
}
