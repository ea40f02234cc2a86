package io.thermocline.cold.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.MinIOContainer;

/** The same contract against MinIO itself, where there is Docker to run it. */
class MinioContainerIT {
  private static final Logger LOG = LoggerFactory.getLogger("skipped");
  private static final String IMAGE = "minio/minio:RELEASE.2025-09-07T16-13-09Z";

  private static MinIOContainer container;

  @BeforeAll
  static void start() {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      LOG.info("MinioContainerIT: there is no Docker here to run {}", IMAGE);
    }
    assumeTrue(docker, "There is no Docker here to run " + IMAGE);
    container = new MinIOContainer(IMAGE);
    container.start();
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      container.stop();
    }
  }

  /** A store of a new bucket, closed after the test. */
  abstract static class Stores implements ObjectStoreContract {
    private final String scheme;
    private ObjectStore store;

    Stores(String scheme) {
      this.scheme = scheme;
    }

    @Override
    public ObjectStore store() throws Exception {
      String bucket = "bucket-" + UUID.randomUUID();
      try (MinioAsyncClient client =
          MinioAsyncClient.builder()
              .endpoint(container.getS3URL())
              .credentials(container.getUserName(), container.getPassword())
              .build()) {
        Object unused = client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build()).get();
      }
      store =
          new S3TestStores(
                  scheme,
                  S3Settings.Checksums.WHEN_SUPPORTED,
                  container.getUserName(),
                  container.getPassword())
              .open(bucket, URI.create(container.getS3URL()), Duration.ofSeconds(20));
      return store;
    }

    @AfterEach
    void closeStore() {
      if (store != null) {
        store.close();
      }
    }
  }

  @Nested
  class WithAws extends Stores {
    WithAws() {
      super("s3");
    }
  }

  @Nested
  class WithMinio extends Stores {
    WithMinio() {
      super("minio");
    }
  }
}
