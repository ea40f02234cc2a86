package io.thermocline.cold.table;

import io.thermocline.testkit.S3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The way back into our layout with the warehouse behind an S3 server inside this JVM. */
final class BringingBackS3IT extends BringingBack {
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
    return TestWarehouse.inBucket(home, server);
  }
}
