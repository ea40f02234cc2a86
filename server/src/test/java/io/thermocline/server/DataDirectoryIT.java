package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.FilesBelow;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Fault;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a whole server leaves in its data directory is for the server's own user alone. */
@Timeout(120)
class DataDirectoryIT {
  @TempDir Path folder;

  @Test
  void nothingInTheDataDirectoryIsForOthers() throws Exception {
    try (S3Server s3 = S3Server.start()) {
      Lake lake = Lake.inBucket(folder, s3, "s3");
      try (ThermoclineServer server = lake.open("data");
          ThermoclineClient client = Lake.connect(server)) {
        var unused = client.admin().createTopic("events", 1);
        Lake.produce(client, "events", 0, 100);
        Lake.tier(client);
        assertThat(Lake.sql(client, "SELECT count(*) FROM events")).containsExactly("100");
        Lake.produce(client, "events", 100, 200);
        s3.faults().always(S3Call.of(S3Call.Operation.PUT, "/data/"), new S3Fault.Hung());
        CompletableFuture<Void> tiering = CompletableFuture.runAsync(() -> Lake.tier(client));
        Await.until("an upload is on its way", () -> !s3.faults().met().isEmpty());
        assertThat(files()).anyMatch(path -> path.toString().contains("/cold/uploads/"));
        assertThat(files()).anyMatch(path -> path.toString().contains("/cold/copies/"));
        assertThat(files()).anyMatch(path -> path.endsWith("catalog.db-wal"));
        assertThat(files()).anyMatch(path -> path.endsWith("tiering/policies"));
        assertOwnerOnly();
        s3.faults().clear();
        Await.result(tiering);
      }
      assertOwnerOnly();
    }
  }

  @Test
  void whatAnEarlierVersionLetOthersReadIsTakenFromThemAtTheStart() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    Files.move(folder.resolve("old"), folder.resolve("data"));
    for (String part : List.of("cold", "tiering")) {
      try (Stream<Path> old = Files.walk(folder.resolve("data").resolve(part))) {
        for (Path path : old.toList()) {
          Files.setPosixFilePermissions(
              path,
              PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
    try (ThermoclineServer server = lake.open("data")) {
      assertThat(server.port()).isPositive();
      assertOwnerOnly();
    }
  }

  private List<Path> files() throws IOException {
    return FilesBelow.of(folder.resolve("data"));
  }

  private void assertOwnerOnly() throws IOException {
    FilesBelow.each(
        folder.resolve("data"),
        path -> {
          String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
              .as(path.toString())
              .isEqualTo(expected);
        });
  }
}
