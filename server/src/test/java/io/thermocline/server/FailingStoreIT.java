package io.thermocline.server;

import static io.thermocline.server.Refused.check;
import static io.thermocline.server.Refused.detail;
import static io.thermocline.server.Refused.refused;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.StartPosition;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Fault;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever comes back from its object store, a server answers with a clear error, and its hot tier
 * goes on; after each case everything acknowledged before is read again, over both tiers.
 */
@Timeout(60)
class FailingStoreIT {
  @TempDir static Path folder;

  private static RawServer raw;

  @BeforeAll
  static void open() {
    raw = new RawServer(folder);
  }

  @AfterAll
  static void close() {
    raw.close();
  }

  @BeforeEach
  @AfterEach
  void nothingIsLostAndTheServerServes() {
    raw.nothingIsLostAndItServes();
  }

  @Test
  void aStoreThatRefusesConnectionsLeavesTheHotTierAloneAndIsBackByItself() {
    long unread = tierOne();
    raw.s3.refuseConnections();
    try {
      coldIsAwayAndHotIsNot(unread);
    } finally {
      raw.s3.resume();
    }
  }

  static Stream<S3Fault> outages() {
    return Stream.of(new S3Fault.Hung(), S3Fault.slowDown(), S3Fault.internalError());
  }

  @ParameterizedTest
  @MethodSource("outages")
  void aStoreThatHangsOrFailsLeavesTheHotTierAloneAndIsBackByItself(S3Fault fault) {
    long unread = tierOne();
    raw.s3.faults().always(S3Call.any(), fault);
    coldIsAwayAndHotIsNot(unread);
  }

  @Test
  void aStoreThatDeniesAccessSaysSoAndIsBackByItself() {
    long unread = tierOne();
    raw.s3.faults().always(S3Call.any(), S3Fault.accessDenied());
    com.google.rpc.Status read =
        refused(ErrorKind.FAILED_PRECONDITION, () -> raw.read("good", unread));
    assertThat(read.getMessage()).contains("403");
    check(ErrorKind.FAILED_PRECONDITION, fetchFrom(unread));
    hotIsThere();
  }

  /** A record in a file of its own that nobody has read, so that no cache has it: its offset. */
  private static long tierOne() {
    long offset = raw.acknowledged.size();
    raw.appendOne();
    raw.tierAll();
    return offset;
  }

  private static com.google.rpc.Status fetchFrom(long offset) {
    return raw.fetch("good", StartPosition.newBuilder().setOffset(offset).build());
  }

  private static void coldIsAwayAndHotIsNot(long unread) {
    com.google.rpc.Status read = refused(ErrorKind.TRANSIENT, () -> raw.read("good", unread));
    assertThat(detail(read, RetryInfo.class)).isPresent();
    com.google.rpc.Status fetched = check(ErrorKind.TRANSIENT, fetchFrom(unread));
    assertThat(detail(fetched, RetryInfo.class)).isPresent();
    hotIsThere();
  }

  private static void hotIsThere() {
    raw.appendOne();
    int last = raw.acknowledged.size() - 1;
    assertThat(raw.read("good", last).getRecords(0).getValue().toStringUtf8())
        .isEqualTo(raw.acknowledged.get(last));
  }

  @ParameterizedTest
  @ValueSource(longs = {5_000, 10_000, 15_000})
  void damagedBytesAreNeverServed(long atByte) {
    long unread = raw.acknowledged.size();
    String large =
        Stream.generate(() -> UUID.randomUUID().toString()).limit(600).collect(joining());
    raw.appendGood(large);
    raw.tierAll();
    raw.s3
        .faults()
        .always(S3Call.of(S3Call.Operation.GET, "/data/"), new S3Fault.Corrupted(atByte));
    com.google.rpc.Status read = refused(ErrorKind.CORRUPT, () -> raw.read("good", unread));
    assertThat(read.getMessage()).contains("good");
    check(ErrorKind.CORRUPT, fetchFrom(unread));
    hotIsThere();
  }
}
