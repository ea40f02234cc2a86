package io.thermocline.cold;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.Secret;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierContract;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Call.Operation;
import io.thermocline.testkit.S3Fault;
import io.thermocline.testkit.S3Server;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cold tier over both S3 clients and an S3 server inside this JVM. */
final class IcebergColdTierS3IT {
  private static S3Server server;

  @BeforeAll
  static void startServer() {
    server = S3Server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Nested
  final class ThroughAwsSdk extends OverBucket implements ColdTierContract {
    ThroughAwsSdk() {
      super("s3");
    }
  }

  @Nested
  final class ThroughMinioClient extends OverBucket implements ColdTierContract {
    ThroughMinioClient() {
      super("minio");
    }
  }

  /** A cold tier over a new bucket. */
  abstract static class OverBucket implements ColdTierSubject {
    /** Room for one small data file and not for two. */
    private static final long LOCAL_BYTES = 3_000;

    private final String scheme;
    private final UUID cluster = UUID.randomUUID();
    private final ManualClock clock = new ManualClock(Instant.now());
    @TempDir private Path directory;
    private String bucket;
    private ColdTier cold;

    OverBucket(String scheme) {
      this.scheme = scheme;
    }

    @BeforeEach
    void open() {
      bucket = server.newBucket();
      cold = openCold();
    }

    @AfterEach
    void close() {
      server.faults().clear();
      cold.close();
    }

    @Override
    public ColdTier cold() {
      return cold;
    }

    private ColdTier openCold() {
      S3Settings s3 =
          new S3Settings(
              Optional.of(server.endpoint()),
              S3Server.REGION,
              true,
              Optional.of(
                  new S3Settings.Credentials(S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY))),
              S3Settings.Checksums.WHEN_SUPPORTED);
      StoreSettings store =
          StoreSettings.of(URI.create(scheme + "://" + bucket + "/lake"))
              .with(s3)
              .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(20));
      return IcebergColdTier.open(
          new ColdSettings(
              store,
              "thermocline",
              CatalogSettings.sqlite(),
              directory,
              cluster,
              false,
              TableSettings.defaults(),
              new CacheSettings(32L << 20, LOCAL_BYTES)),
          clock,
          new SimpleMeterRegistry());
    }

    @Test
    void itOpensWhileTheStoreIsAwayAndWorksOnceItIsBack() {
      TopicPartition id = newPartition();
      tier(id, Records.plain(0, 10));
      cold.close();
      server.refuseConnections();
      try {
        cold = openCold();
        Await.throwsKind(ErrorKind.TRANSIENT, () -> assertThat(cold.read(id, 0, 100)).isNull());
      } finally {
        server.resume();
      }
      clock.advance(Duration.ofSeconds(10));

      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
      tier(id, Records.plain(10, 10));
    }

    @Test
    void anOutageInBetweenNeedsNoRestart() {
      TopicPartition id = newPartition();
      tier(id, Records.plain(0, 10));
      server.refuseConnections();
      try {
        Await.throwsKind(ErrorKind.TRANSIENT, () -> assertThat(cold.read(id, 0, 100)).isNull());
        Await.throwsKind(ErrorKind.TRANSIENT, () -> tier(id, Records.plain(10, 10)));
      } finally {
        server.resume();
      }

      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
      tier(id, Records.plain(10, 10));
      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    }

    @Test
    void damagedBytesAreNeverServedAndNeverKept() {
      TopicPartition id = newPartition();
      tier(id, Records.plain(0, 10));
      server.faults().always(S3Call.of(Operation.GET, ".parquet"), new S3Fault.Corrupted(100));

      Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold.read(id, 0, 100)).isNull());
      server.faults().clear();

      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    }

    @Test
    void lostRepliesToWritesChangeNothing() {
      TopicPartition id = newPartition();
      tier(id, Records.plain(0, 10));
      server.faults().next(1, S3Call.of(Operation.PUT, ".parquet"), new S3Fault.ReplyLost());
      server.faults().next(1, S3Call.of(Operation.PUT, ".avro"), new S3Fault.ReplyLost());
      server.faults().next(1, S3Call.of(Operation.PUT, ".metadata.json"), new S3Fault.ReplyLost());

      tier(id, Records.plain(10, 10));

      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
      assertThat(partition(id).files()).hasSize(2);
    }

    @Test
    void localCopiesAreSharedAndBounded() {
      TopicPartition id = newPartition();
      ColdFile one = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
      ColdFile two = write(id, new OffsetRange(10, 20), Records.plain(10, 10));
      commit(id, ColdTierSubject.move(id, 0, 20, one, two));

      Path first;
      try (ColdTier.LocalFile inUse = cold.local(one)) {
        first = inUse.path();
        Await.throwsKind(ErrorKind.EXHAUSTED, () -> cold.local(two).close());
      }
      try (ColdTier.LocalFile again = cold.local(one)) {
        assertThat(again.path()).isEqualTo(first).isRegularFile();
      }
      try (ColdTier.LocalFile other = cold.local(two)) {
        assertThat(other.path()).isRegularFile();
        assertThat(List.of(first)).allSatisfy(path -> assertThat(path).doesNotExist());
      }
    }
  }
}
