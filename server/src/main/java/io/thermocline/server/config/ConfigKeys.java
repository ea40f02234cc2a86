package io.thermocline.server.config;

import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.WriteBudget;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.NearestWord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Every key of the configuration, in the order of the reference page, which is made from here. */
public final class ConfigKeys {
  private static final List<ConfigKey<?>> DECLARED = new ArrayList<>();
  private static final long LEAST_JOURNAL_BYTES = 1L << 20;

  /** About 2 GiB of heap. */
  private static final int MOST_PRODUCERS = 1 << 20;

  public static final ConfigKey<String> DATA_DIR =
      key(
          "data.dir",
          "path",
          "./data",
          "Where the hot tier, the embedded catalog and, unless storage.warehouse says otherwise,"
              + " the warehouse lie. One process holds it at a time.",
          Parsers::notEmpty);

  public static final ConfigKey<String> HOST =
      key(
          "host",
          "address",
          "127.0.0.1",
          "The address gRPC and HTTP listen on. There is no authentication yet: anything but the"
              + " loopback address is open to whoever reaches it.",
          Parsers::notEmpty);

  public static final ConfigKey<Integer> GRPC_PORT =
      key("grpc.port", "port", "7400", "The gRPC port; 0 takes a free one.", Parsers::port);

  public static final ConfigKey<Integer> HTTP_PORT =
      key(
          "http.port",
          "port",
          "7401",
          "The port of /metrics, /healthz, /readyz and /iceberg; 0 takes a free one.",
          Parsers::port);

  public static final ConfigKey<String> POLICIES_FILE =
      key(
          "policies.file",
          "path",
          "",
          "Topic policies to begin with, in YAML. Used only while the data directory has none yet;"
              + " from then on `thermocline policy apply` changes them. Not set: one policy that"
              + " tiers every topic, and keeps it for good. In a file, a topic that no policy"
              + " matches is not tiered.",
          Parsers::text);

  public static final ConfigKey<OptionalLong> MIN_FREE =
      key(
          "storage.minFree",
          "size, or auto",
          "auto",
          "Produce is refused while the data directory's disk has less than this free: the rest is"
              + " for checkpoints, the catalog and tiering, which is what frees space. auto is"
              + " 2GiB, or twice the largest tiering.targetFileBytes of the policies in force at the"
              + " start if that is more, but never more than a tenth of the disk.",
          Parsers.bytesOr("auto"));

  public static final ConfigKey<Long> JOURNAL_BYTES =
      key(
          "storage.journal",
          "size",
          "128MiB",
          "Disk for the journal, in which small batches of many partitions become durable with one"
              + " force. A smaller one is full sooner; then partitions force their own files. Made"
              + " when it is first missed, so a change counts from the next start.",
          Parsers.bytes(LEAST_JOURNAL_BYTES));

  public static final ConfigKey<Integer> PRODUCERS_MAX =
      key(
          "producers.max",
          "number",
          "32768",
          "Idempotent producers remembered, each counted once in every partition it writes to,"
              + " which takes about 2 KiB of heap; at most 10,000 for one partition. Beyond that"
              + " new ones are refused while none was silent for 15 minutes.",
          Parsers.integer(1, MOST_PRODUCERS));

  public static final ConfigKey<Duration> PRODUCERS_FORGET =
      key(
          "producers.forget",
          "duration",
          "1d",
          "How long after its last batch to a partition a producer is remembered there. One that"
              + " comes back later has to begin anew.",
          Parsers.duration(ProducerLimits.defaults().makeRoom()));

  public static final ConfigKey<String> WAREHOUSE =
      key(
          "storage.warehouse",
          "URI",
          "",
          "Where the cold tier's tables lie: file:PATH, s3://BUCKET/PREFIX (aws-sdk-s3) or"
              + " minio://BUCKET/PREFIX (minio-java). Empty is the directory `warehouse` in"
              + " data.dir.",
          Parsers::warehouse);

  public static final ConfigKey<String> NAMESPACE =
      key(
          "storage.namespace",
          "name",
          "thermocline",
          "The Iceberg namespace of the tables.",
          Parsers::notEmpty);

  public static final ConfigKey<Boolean> TAKE_OVER =
      key(
          "storage.takeOver",
          "true or false",
          "false",
          "Take a warehouse over from the cluster that owns it. Only for when that one is gone for"
              + " good; set it for one start.",
          Parsers::bool);

  public static final ConfigKey<String> S3_ENDPOINT =
      key(
          "storage.s3.endpoint",
          "URL",
          "",
          "The S3-compatible store's address. Empty is AWS itself.",
          Parsers::endpoint);

  public static final ConfigKey<String> S3_REGION =
      key(
          "storage.s3.region",
          "name",
          "us-east-1",
          "The store's region; stores without regions take any.",
          Parsers::notEmpty);

  public static final ConfigKey<Boolean> S3_PATH_STYLE =
      key(
          "storage.s3.pathStyle",
          "true or false",
          "true",
          "Whether the bucket stands in the path rather than in the host name. AWS itself takes"
              + " both.",
          Parsers::bool);

  public static final ConfigKey<String> S3_ACCESS_KEY =
      secret(
          "storage.s3.accessKey",
          "Reference to the access key. Empty: what the environment gives, as AWS's own tools find"
              + " it.");

  public static final ConfigKey<String> S3_SECRET_KEY =
      secret("storage.s3.secretKey", "Reference to the secret key.");

  public static final ConfigKey<String> S3_CHECKSUMS =
      key(
          "storage.s3.checksums",
          "when-supported or when-required",
          "when-supported",
          "Which checksums guard requests; some S3-compatible stores need when-required.",
          Parsers.oneOf(List.of("when-supported", "when-required")));

  public static final ConfigKey<Duration> REQUEST_TIMEOUT =
      key(
          "storage.requestTimeout",
          "duration",
          "60s",
          "The longest one request to the store may take, its repeats included.",
          Parsers.duration(Duration.ofSeconds(1)));

  public static final ConfigKey<Long> COLD_MEMORY =
      key(
          "cold.memory",
          "size",
          "128MiB",
          "Memory for reading from the cold tier: footers, bytes fetched ahead, replays in"
              + " progress.",
          Parsers.bytes(CacheSettings.LEAST_MEMORY_BYTES));

  public static final ConfigKey<Long> COLD_CACHE =
      key(
          "cold.diskCache",
          "size",
          "4GiB",
          "Disk for data files fetched from an object store for SQL, and for copies of what other"
              + " engines rewrote. With file: for the latter only.",
          Parsers.bytes(64L << 20));

  public static final ConfigKey<String> CATALOG_TYPE =
      key(
          "catalog.type",
          "sqlite, jdbc, rest, glue, nessie or a class",
          "sqlite",
          "Which Iceberg catalog holds the tables. sqlite: one in data.dir. Anything else lies"
              + " elsewhere and is set up by catalog.properties; its jar, or a database's driver,"
              + " has to be on the server's class path, where rest needs none.",
          Parsers::notEmpty);

  public static final ConfigKey<Map<String, String>> CATALOG_PROPERTIES =
      key(
          "catalog.properties",
          "name=value ...",
          "",
          "Iceberg's own properties for that catalog, such as uri, separated by spaces or line"
              + " breaks. A value may be a reference, env:NAME or file:PATH, and one that is secret"
              + " has to be.",
          CatalogProperties::parse);

  public static final ConfigKey<String> ICEBERG_VEND =
      key(
          "iceberg.vend",
          "none or sts",
          "none",
          "What engines that find the tables through /iceberg are given to read the files of an S3"
              + " warehouse. none: nothing, they bring credentials of their own. sts: short-lived"
              + " ones for reading that table's files only. The server's own keys are never given"
              + " out.",
          Parsers.oneOf(List.of("none", "sts")));

  public static final ConfigKey<String> ICEBERG_STS_ROLE =
      key(
          "iceberg.sts.role",
          "ARN",
          "",
          "The role in which credentials for readers are made; it must be allowed to read the"
              + " warehouse.",
          Parsers::text);

  public static final ConfigKey<String> ICEBERG_STS_ENDPOINT =
      key(
          "iceberg.sts.endpoint",
          "URL",
          "",
          "The security token service's address; MinIO has it at its own. Empty is AWS's.",
          Parsers::endpoint);

  public static final ConfigKey<Duration> ICEBERG_STS_LIFETIME =
      key(
          "iceberg.sts.lifetime",
          "duration",
          "1h",
          "How long credentials for readers are good for.",
          Parsers.duration(Duration.ofMinutes(15)));

  public static final ConfigKey<Duration> TIERING_CHECK_INTERVAL =
      key(
          "tiering.checkInterval",
          "duration",
          "5s",
          "How often tiering looks at each topic for something to do.",
          Parsers.duration(Duration.ofMillis(10)));

  public static final ConfigKey<Duration> TIERING_COMMIT_INTERVAL =
      key(
          "tiering.commitInterval",
          "duration",
          "1m",
          "The least time between two commits of a table; a policy's shorter tiering.maxLag counts"
              + " instead.",
          Parsers.duration(Duration.ofMillis(10)));

  public static final ConfigKey<OptionalLong> TIERING_MAX_BYTES_PER_SECOND =
      key(
          "tiering.maxBytesPerSecond",
          "size, or unlimited",
          "unlimited",
          "How much tiering reads from local disk each second, over all topics.",
          Parsers.bytesOr("unlimited"));

  public static final ConfigKey<OptionalLong> TIERING_MAX_REQUESTS_PER_SECOND =
      key(
          "tiering.maxRequestsPerSecond",
          "number, or unlimited",
          "200",
          "How many requests tiering, merging and upkeep make to the object store each second,"
              + " over all topics. Reads of consumers and of SQL are not counted, and do not wait.",
          Parsers.countOr("unlimited"));

  public static final ConfigKey<Long> TIERING_MEMORY =
      key(
          "tiering.memory",
          "size",
          "128MiB",
          "Memory for building data files, over all topics: 48MiB for each that is built at a time,"
              + " others wait for their turn; below that one at a time, in smaller row groups.",
          Parsers.bytes(WriteBudget.LEAST_MEMORY_BYTES));

  public static final ConfigKey<Integer> TIERING_CONCURRENT_TOPICS =
      key(
          "tiering.concurrentTopics",
          "number",
          "1",
          "Topics tiered at the same time, a thread each.",
          Parsers.integer(1, 64));

  public static final ConfigKey<Long> QUERY_MEMORY =
      key(
          "query.memory",
          "size",
          "512MiB",
          "Memory for one SQL statement, outside the Java heap.",
          Parsers.bytes(64L << 20));

  public static final ConfigKey<Duration> QUERY_TIMEOUT =
      key(
          "query.timeout",
          "duration",
          "30s",
          "The longest one SQL statement may take.",
          Parsers.duration(Duration.ofMillis(1)));

  public static final ConfigKey<Integer> QUERY_CONCURRENCY =
      key(
          "query.concurrency",
          "number",
          "2",
          "SQL statements at once. Six more wait for their turn, as long as query.timeout, or for"
              + " their reader to take the answer; beyond that they are refused.",
          Parsers.integer(1, 64));

  public static final ConfigKey<Long> VERIFY_MAX_BYTES_PER_SECOND =
      key(
          "verify.maxBytesPerSecond",
          "size",
          "64MiB",
          "How much an audit of the running server (`thermocline verify --server`) reads each"
              + " second, of both tiers together.",
          Parsers.bytes(1L << 20));

  public static final ConfigKey<Duration> DRAIN =
      key(
          "shutdown.drain",
          "duration",
          "10s",
          "How long a stop waits for open calls to end by themselves.",
          Parsers.duration(Duration.ofMillis(1)));

  public static final ConfigKey<String> LOG_FORMAT =
      key(
          "log.format",
          "text or json",
          "text",
          "How log lines are written to standard error.",
          Parsers.oneOf(List.of("text", "json")));

  public static final ConfigKey<String> LOG_LEVEL =
      key(
          "log.level",
          "error, warn, info or debug",
          "info",
          "The least level of Thermocline's own log lines.",
          Parsers.oneOf(List.of("error", "warn", "info", "debug")));

  /** All of them. */
  public static final List<ConfigKey<?>> ALL = List.copyOf(DECLARED);

  private static final Set<String> NAMES = names(ALL);

  private ConfigKeys() {}

  /** The names of all keys. */
  static Set<String> names() {
    return NAMES;
  }

  /** A hint to add to a message about an unknown word; empty when nothing known is near it. */
  static String didYouMean(String word, Collection<String> known) {
    return NearestWord.to(word, known).map(near -> ": did you mean " + near + "?").orElse("");
  }

  private static Set<String> names(List<ConfigKey<?>> keys) {
    Set<String> names = new LinkedHashSet<>();
    keys.forEach(key -> names.add(key.name()));
    return names;
  }

  private static <T> ConfigKey<T> key(
      String name,
      String kind,
      String defaultText,
      String description,
      ConfigKey.Parser<T> parser) {
    ConfigKey<T> key = new ConfigKey<>(name, kind, defaultText, description, parser, false);
    DECLARED.add(key);
    return key;
  }

  private static ConfigKey<String> secret(String name, String description) {
    ConfigKey<String> key =
        new ConfigKey<>(
            name, "env:NAME or file:PATH", "", description, Secrets::checkReference, true);
    DECLARED.add(key);
    return key;
  }
}
