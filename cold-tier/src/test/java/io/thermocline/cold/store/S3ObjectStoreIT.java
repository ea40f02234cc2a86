package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.S3Server;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Both client libraries, with both kinds of checksums, against an S3 server inside this JVM. */
class S3ObjectStoreIT {
  private static S3Server server;

  @BeforeAll
  static void start() {
    server = S3Server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A store of a new bucket, closed after the test. */
  abstract static class Stores implements ObjectStoreContract {
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private final S3TestStores stores;
    private ObjectStore store;

    Stores(String scheme, S3Settings.Checksums checksums) {
      this.stores = new S3TestStores(scheme, checksums, S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
    }

    public S3Server server() {
      return server;
    }

    @Override
    public ObjectStore store() {
      return store(server.endpoint());
    }

    public ObjectStore store(URI endpoint) {
      return opened(stores.open(server.newBucket(), endpoint, PATIENT));
    }

    public ObjectStore impatient(URI endpoint) {
      return opened(stores.open(server.newBucket(), endpoint, Duration.ofMillis(300)));
    }

    public ObjectStore store(String bucket, String secretKey) {
      S3TestStores others =
          new S3TestStores(stores.scheme(), stores.checksums(), stores.accessKey(), secretKey);
      return opened(others.open(bucket, server.endpoint(), PATIENT));
    }

    private ObjectStore opened(ObjectStore opened) {
      store = opened;
      return opened;
    }

    @AfterEach
    void closeStore() {
      server.faults().clear();
      if (store != null) {
        store.close();
      }
    }

    @Test
    void locationsAreThoseThatEveryEngineKnows() {
      ObjectStore store = store();
      assertThat(store.location("t/1")).matches("s3://bucket-\\d+/lake/one/t/1");
      String rest = store.location("t/1").substring("s3".length());
      for (String alias : new String[] {"s3", "s3a", "s3n", "minio"}) {
        assertThat(store.keyOf(alias + rest)).contains("t/1");
      }
      assertThat(store.localPath("t/1")).isEmpty();
    }
  }

  @Nested
  class WithAws extends Stores implements S3FaultContract {
    WithAws() {
      super("s3", S3Settings.Checksums.WHEN_SUPPORTED);
    }
  }

  @Nested
  class WithAwsAndMd5 extends Stores {
    WithAwsAndMd5() {
      super("s3", S3Settings.Checksums.WHEN_REQUIRED);
    }
  }

  @Nested
  class WithMinio extends Stores implements S3FaultContract {
    WithMinio() {
      super("minio", S3Settings.Checksums.WHEN_SUPPORTED);
    }
  }

  @Nested
  class WithMinioAndMd5 extends Stores {
    WithMinioAndMd5() {
      super("minio", S3Settings.Checksums.WHEN_REQUIRED);
    }
  }

  @Test
  void aMinioWarehouseWithoutEndpointOrCredentialsSaysWhatIsMissing() {
    StoreSettings settings = StoreSettings.of(URI.create("minio://bucket"));
    assertThatThrownBy(() -> open(settings))
        .hasMessageContaining("endpoint")
        .extracting("kind")
        .isEqualTo(ErrorKind.INVALID);
    assumeTrue(System.getenv("MINIO_ACCESS_KEY") == null);
    assumeTrue(System.getenv("AWS_ACCESS_KEY_ID") == null);
    S3Settings nobody =
        new S3Settings(
            Optional.of(server.endpoint()),
            S3Server.REGION,
            true,
            Optional.empty(),
            S3Settings.Checksums.WHEN_SUPPORTED);
    try (ObjectStore store = open(settings.with(nobody))) {
      assertThatThrownBy(() -> store.put("k", new byte[1]))
          .hasMessageContaining("there are no credentials")
          .extracting("kind")
          .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    }
  }

  private static ObjectStore open(StoreSettings settings) {
    return ObjectStores.open(settings, new SimpleMeterRegistry(), InstantSource.system());
  }
}
