package io.thermocline.cold.table;

import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.Secret;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.testkit.S3Server;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Other engines' changes with the warehouse behind an S3 server inside this JVM. */
final class ForeignWritersS3IT extends ForeignWriters {
  private static S3Server server;

  @BeforeAll
  static void startServer() {
    server = S3Server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  TestWarehouse open(Path home) {
    S3Settings s3 =
        new S3Settings(
            Optional.of(server.endpoint()),
            S3Server.REGION,
            true,
            Optional.of(
                new S3Settings.Credentials(S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY))),
            S3Settings.Checksums.WHEN_SUPPORTED);
    return new TestWarehouse(
        home,
        StoreSettings.of(URI.create("s3://" + server.newBucket() + "/lake"))
            .with(s3)
            .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(20)));
  }
}
