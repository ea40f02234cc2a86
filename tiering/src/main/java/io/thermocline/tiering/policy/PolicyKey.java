package io.thermocline.tiering.policy;

import io.thermocline.model.Units;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every setting a policy can have, in the order of the reference page: the one place for its name,
 * form, default, limits and meaning. The JSON Schema and {@code docs/reference/policies.md} are
 * written from here.
 */
public enum PolicyKey {
  /** Size at which a segment is sealed. */
  SEGMENT_BYTES(
      "segment.bytes",
      Form.SIZE,
      "128MiB",
      "64KiB",
      "1GiB",
      "A segment is sealed before it grows past this size. One batch larger than it still fits."),
  /** Age at which a segment is sealed. */
  SEGMENT_AGE(
      "segment.age",
      Form.AGE,
      "10m",
      "1s",
      "30d",
      "A segment is sealed when its first batch was appended this long ago, also without traffic."),
  /** Whether records are tiered. */
  TIERING_ENABLED(
      "tiering.enabled",
      Form.BOOLEAN,
      "false",
      "",
      "",
      "Whether records move to the cold tier. Where a policy has a `tiering` section it is `true`"
          + " unless said otherwise; without one nothing is tiered."),
  /** Amount that is worth a file. */
  TIERING_MIN_FILE_BYTES(
      "tiering.minFileBytes",
      Form.SIZE,
      "32MiB",
      "1KiB",
      "4GiB",
      "A partition is tiered once this much of it is sealed and not tiered yet. By default at most"
          + " `targetFileBytes`."),
  /** Longest wait of a record for tiering. */
  TIERING_MAX_LAG(
      "tiering.maxLag",
      Form.AGE,
      "15m",
      "1s",
      "30d",
      "A partition is tiered when its oldest record that is not tiered yet was appended this long"
          + " ago, however little there is: the segment being written is sealed for it. A table"
          + " commits at most once a minute, or once each `maxLag` where that is shorter. A full"
          + " disk overrides it."),
  /** Size files are cut to. */
  TIERING_TARGET_FILE_BYTES(
      "tiering.targetFileBytes",
      Form.SIZE,
      "256MiB",
      "64KiB",
      "4GiB",
      "Sealed segments are put together in one Parquet file up to this size, measured on local"
          + " disk. A segment is never split. By default at least `minFileBytes`."),
  /** Compression of Parquet pages. */
  TIERING_COMPRESSION(
      "tiering.compression",
      Form.COMPRESSION,
      "zstd",
      "",
      "",
      "How Parquet pages are compressed: `zstd` or `none`."),
  /** Age up to which tiered records stay on local disk. */
  HOT_RETAIN(
      "hot.retain",
      Form.AGE_LIMIT,
      "6h",
      "0s",
      "36500d",
      "How long tiered records also stay on local disk. Records that are not tiered always stay. A"
          + " full disk overrides it."),
  /** Size up to which tiered records stay on local disk. */
  HOT_MAX_BYTES(
      "hot.maxBytes",
      Form.SIZE_LIMIT,
      "unlimited",
      "0B",
      "1024PiB",
      "Bytes the whole topic takes on local disk; above it the oldest tiered records go, and only"
          + " those."),
  /** Age up to which records are kept. */
  RETENTION_AGE(
      "retention.age",
      Form.AGE_LIMIT,
      "unlimited",
      "1s",
      "36500d",
      "Records appended longer ago than this are deleted for good from both tiers, also when they"
          + " were never tiered. Whole segments and files go, never a part of one."),
  /** Size up to which records are kept. */
  RETENTION_MAX_BYTES(
      "retention.maxBytes",
      Form.SIZE_LIMIT,
      "unlimited",
      "1KiB",
      "1024PiB",
      "Bytes the whole topic takes over both tiers, each offset counted once, where it lies;"
          + " above it the oldest records are deleted for good.");

  static final String UNLIMITED = "unlimited";

  /** How a value is written. */
  enum Form {
    SIZE("a size such as 128MiB", Form.SIZES),
    SIZE_LIMIT("a size such as 20GiB, or unlimited", Form.SIZES + "|" + UNLIMITED),
    AGE("a duration such as 10m", Form.AGES),
    AGE_LIMIT("a duration such as 6h, or unlimited", Form.AGES + "|" + UNLIMITED),
    BOOLEAN("true or false", "true|false"),
    COMPRESSION("zstd or none", "zstd|none");

    private static final String SIZES = "[0-9]+(B|KiB|MiB|GiB|TiB|PiB)";
    private static final String AGES = "[0-9]+(ms|s|m|h|d)";

    final String wanted;
    final String pattern;

    Form(String wanted, String alternatives) {
      this.wanted = wanted;
      this.pattern = "^(" + alternatives + ")$";
    }

    boolean isSize() {
      return this == SIZE || this == SIZE_LIMIT;
    }

    boolean isAge() {
      return this == AGE || this == AGE_LIMIT;
    }
  }

  private final String path;
  final Form form;
  private final String defaultText;
  final String min;
  final String max;
  final String meaning;

  PolicyKey(String path, Form form, String defaultText, String min, String max, String meaning) {
    this.path = path;
    this.form = form;
    this.defaultText = defaultText;
    this.min = min;
    this.max = max;
    this.meaning = meaning;
  }

  /** As in {@code hot.retain}. */
  public String path() {
    return path;
  }

  /** Its value where no policy says another. */
  public String defaultText() {
    return defaultText;
  }

  /** The part before the dot. */
  String section() {
    return path.substring(0, path.indexOf('.'));
  }

  /** The part after the dot. */
  String key() {
    return path.substring(path.indexOf('.') + 1);
  }

  static Optional<PolicyKey> ofPath(String path) {
    return Arrays.stream(values()).filter(key -> key.path.equals(path)).findFirst();
  }

  static List<String> sections() {
    return Arrays.stream(values()).map(PolicyKey::section).distinct().toList();
  }

  static List<PolicyKey> inSection(String section) {
    return Arrays.stream(values()).filter(key -> key.section().equals(section)).toList();
  }

  /** What is wrong with a value of the right form; empty when it is within the limits. */
  Optional<String> outOfLimits(String text) {
    if (min.isEmpty() || text.equals(UNLIMITED)) {
      return Optional.empty();
    }
    if (amount(text) < amount(min)) {
      return Optional.of(path + ": " + text + " is too small, the least is " + min);
    }
    if (amount(text) > amount(max)) {
      return Optional.of(path + ": " + text + " is too large, the most is " + max);
    }
    return Optional.empty();
  }

  /** The amount; what no long can hold is the largest one, past every limit. */
  private long amount(String text) {
    try {
      return form.isSize() ? Units.parseBytes(text) : Units.parseDuration(text).toMillis();
    } catch (IllegalArgumentException tooLarge) {
      return Long.MAX_VALUE;
    }
  }

  /** The setting's value in {@code policy}, as one would write it. */
  public String textIn(TopicPolicy policy) {
    return switch (this) {
      case SEGMENT_BYTES -> Units.exactBytes(policy.segment().maxBytes());
      case SEGMENT_AGE -> Units.exactDuration(policy.segment().maxAge());
      case TIERING_ENABLED -> String.valueOf(policy.tiering().enabled());
      case TIERING_MIN_FILE_BYTES -> Units.exactBytes(policy.tiering().minFileBytes());
      case TIERING_MAX_LAG -> Units.exactDuration(policy.tiering().maxLag());
      case TIERING_TARGET_FILE_BYTES -> Units.exactBytes(policy.tiering().targetFileBytes());
      case TIERING_COMPRESSION ->
          policy.tiering().compression().name().toLowerCase(java.util.Locale.ROOT);
      case HOT_RETAIN -> limit(policy.hot().retain());
      case HOT_MAX_BYTES -> limit(policy.hot().maxBytes());
      case RETENTION_AGE -> limit(policy.retention().age());
      case RETENTION_MAX_BYTES -> limit(policy.retention().maxBytes());
    };
  }

  private static String limit(Optional<Duration> age) {
    return age.map(Units::exactDuration).orElse(UNLIMITED);
  }

  private static String limit(java.util.OptionalLong bytes) {
    return bytes.isPresent() ? Units.exactBytes(bytes.getAsLong()) : UNLIMITED;
  }
}
