package io.thermocline.cold.store;

import static io.thermocline.cold.store.S3FaultSubject.bytes;
import static io.thermocline.cold.store.S3FaultSubject.kind;
import static io.thermocline.cold.store.S3FaultSubject.putting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Call.Operation;
import io.thermocline.testkit.S3Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of {@link S3FaultContract} about bytes and replies that get lost on their way. */
interface S3TransferContract extends S3FaultSubject {
  @Test
  default void aBodyThatBreaksOffIsReadAgain() throws Exception {
    ObjectStore store = store();
    byte[] content = new byte[300_000];
    Arrays.fill(content, (byte) 7);
    store.put("k", content);
    server().faults().next(2, S3Call.of(Operation.GET), new S3Fault.Truncated(1000));
    assertThat(store.get("k", 300_000)).isEqualTo(content);
    server().faults().next(2, S3Call.of(Operation.GET), new S3Fault.Truncated(1000));
    ByteBuffer small = ByteBuffer.allocate(500);
    ByteBuffer rest = ByteBuffer.allocate(299_500);
    assertThat(store.read("k", 0, small, rest)).isEqualTo(300_000);
    assertThat(small.hasRemaining() || rest.hasRemaining()).as("room left").isFalse();
    server().faults().always(S3Call.of(Operation.GET), new S3Fault.Truncated(1000));
    ByteBuffer into = ByteBuffer.allocate(300_000);
    assertThat(kind(() -> store.read("k", 0, into))).isEqualTo(ErrorKind.TRANSIENT);
  }

  @Test
  default void aLostReplyToAPutIsMadeGood() throws Exception {
    ObjectStore store = store();
    server().faults().next(1, S3Call.of(Operation.PUT), new S3Fault.ReplyLost());
    store.put("k", bytes("x"));
    assertThat(store.get("k", 10)).isEqualTo(bytes("x"));
  }

  @Test
  default void aLostReplyToAConditionalPutIsResolvedByReadingBack() throws Exception {
    ObjectStore store = store();
    server().faults().next(1, S3Call.of(Operation.PUT), new S3Fault.ReplyLost());
    assertThat(store.putIfAbsent("k", bytes("ours"))).isEqualTo(PutOutcome.WRITTEN);
    server().faults().next(1, S3Call.of(Operation.PUT), new S3Fault.Refused(500, "InternalError"));
    assertThat(store.putIfAbsent("k", bytes("theirs"))).isEqualTo(PutOutcome.EXISTS);
    assertThat(store.get("k", 10)).isEqualTo(bytes("ours"));
    server().faults().next(1, S3Call.of(Operation.PUT), new S3Fault.Refused(500, "InternalError"));
    assertThat(store.putIfAbsent("free", bytes("ours"))).isEqualTo(PutOutcome.WRITTEN);
  }

  @Test
  default void aConditionalPutThatCantBeReadBackIsUnknown() throws Exception {
    ObjectStore store = store();
    server().faults().always(S3Call.of(Operation.PUT), new S3Fault.ReplyLost());
    server().faults().always(S3Call.of(Operation.GET), S3Fault.slowDown());
    assertThat(kind(() -> store.putIfAbsent("k", bytes("ours"))))
        .isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
    server().faults().clear();
    assertThat(store.get("k", 10)).isEqualTo(bytes("ours"));
  }

  @Test
  default void lostRepliesInAnUploadAreMadeGood(@TempDir Path directory) throws Exception {
    ObjectStore store = store();
    byte[] content = new byte[2 * ObjectStoreContract.PART_BYTES + 1];
    Arrays.fill(content, (byte) 9);
    Path file = Files.write(directory.resolve("file"), content);
    server().faults().next(2, S3Call.any(), new S3Fault.ReplyLost());
    store.upload("k", file);
    assertThat(store.head("k").orElseThrow().size()).isEqualTo(content.length);
  }

  @Test
  default void aSourceThatVanishesIsRefused(@TempDir Path directory) throws IOException {
    assertThatThrownBy(() -> store().upload("k", directory.resolve("absent")))
        .isInstanceOf(ThermoclineException.class)
        .extracting("kind")
        .isEqualTo(ErrorKind.INVALID);
  }

  @Test
  default void aStoreThatKeepsOtherBytesThanWereSentIsDamaged() throws Exception {
    String answer =
        String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "ETag: x",
            "x-amz-checksum-crc32c: AAAAAA==",
            "Connection: close",
            "Content-Length: 0",
            "",
            "");
    try (ScriptedServer other = ScriptedServer.answering(answer)) {
      assertThat(kind(putting(store(other.endpoint())))).isEqualTo(ErrorKind.CORRUPT);
      assertThat(other.requests()).isEqualTo(1);
    }
  }

  @Test
  default void anAnswerWithOtherBytesThanWereAskedForIsNotTaken() throws Exception {
    String answer =
        String.join(
            "\r\n",
            "HTTP/1.1 206 Partial",
            "Content-Range: bytes 0-4/9",
            "ETag: x",
            "Connection: close",
            "Content-Length: 5",
            "",
            "hello");
    try (ScriptedServer other = ScriptedServer.answering(answer)) {
      ObjectStore store = store(other.endpoint());
      ByteBuffer into = ByteBuffer.allocate(5);
      assertThat(store.read("k", 0, into)).isEqualTo(5);
      assertThat(kind(() -> store.read("k", 3, into.clear()))).isEqualTo(ErrorKind.TRANSIENT);
      assertThat(kind(() -> store.read("k", 0, ByteBuffer.allocate(3))))
          .isEqualTo(ErrorKind.TRANSIENT);
    }
  }

  @Test
  default void anUploadThatFailsLeavesNoParts(@TempDir Path directory) throws Exception {
    ObjectStore store = store();
    Path file =
        Files.write(directory.resolve("file"), new byte[ObjectStoreContract.PART_BYTES + 1]);
    store.put("k", bytes("old"));
    server().faults().always(S3Call.of(Operation.PUT), S3Fault.accessDenied());
    assertThat(
            kind(
                () -> {
                  store.upload("k", file);
                  return null;
                }))
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    server().faults().clear();
    assertThat(store.get("k", 10)).isEqualTo(bytes("old"));
  }

  @Test
  default void anUploadWithAPartOfUnknownOutcomeHadNoEffectAndLeavesNoParts(@TempDir Path directory)
      throws Exception {
    ObjectStore store = store();
    Path file =
        Files.write(directory.resolve("file"), new byte[2 * ObjectStoreContract.PART_BYTES]);
    Set<String> begun = new HashSet<>();
    Predicate<S3Call> part = S3Call.of(Operation.PUT).and(call -> !begun.add(call.key()));
    server().faults().always(part, new S3Fault.ReplyLost());

    assertThat(
            kind(
                () -> {
                  store.upload("k", file);
                  return null;
                }))
        .isEqualTo(ErrorKind.TRANSIENT);

    assertThat(store.abortUploads("k", Instant.now().plus(Duration.ofHours(1)))).isZero();
    server().faults().clear();
    store.upload("k", file);
    assertThat(store.head("k").orElseThrow().size()).isEqualTo(2L * ObjectStoreContract.PART_BYTES);
  }

  @Test
  default void partsThatCouldNotBeDroppedAreDroppedLater(@TempDir Path directory) throws Exception {
    ObjectStore store = store();
    Path file =
        Files.write(directory.resolve("file"), new byte[ObjectStoreContract.PART_BYTES + 1]);
    Set<String> begun = new HashSet<>();
    Predicate<S3Call> part = S3Call.of(Operation.PUT).and(call -> !begun.add(call.key()));
    server().faults().always(part, S3Fault.accessDenied());
    server().faults().always(S3Call.of(Operation.DELETE), S3Fault.accessDenied());
    for (String key : List.of("a/k", "b/k")) {
      assertThat(
              kind(
                  () -> {
                    store.upload(key, file);
                    return null;
                  }))
          .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    }
    server().faults().clear();
    Instant now = Instant.now();

    assertThat(store.abortUploads("a/", now.minus(Duration.ofHours(1)))).isZero();
    assertThat(store.abortUploads("a/", now.plus(Duration.ofHours(1)))).isEqualTo(1);
    assertThat(store.abortUploads("a/", now.plus(Duration.ofHours(1)))).isZero();
    assertThat(store.abortUploads("", now.plus(Duration.ofHours(1)))).isEqualTo(1);
  }

  @Test
  default void aClaimSurvivesLostRepliesAndARefusingStore() {
    UUID cluster = UUID.randomUUID();
    ObjectStore store = store();
    server().faults().next(1, S3Call.of(Operation.PUT), new S3Fault.ReplyLost());
    server().faults().next(1, S3Call.any(), S3Fault.slowDown());
    WarehouseOwner owner = WarehouseOwner.claim(store, cluster, InstantSource.system());
    assertThat(owner.epoch()).isEqualTo(1);
    server().faults().next(1, S3Call.of(Operation.PUT), new S3Fault.ReplyLost());
    WarehouseOwner next = WarehouseOwner.takeOver(store, cluster, InstantSource.system());
    assertThat(next.epoch()).isEqualTo(2);
    next.check();
    assertThatThrownBy(owner::check).extracting("kind").isEqualTo(ErrorKind.FAILED_PRECONDITION);
    server().faults().always(S3Call.any(), S3Fault.slowDown());
    assertThatThrownBy(next::check).extracting("kind").isEqualTo(ErrorKind.TRANSIENT);
    server().faults().clear();
    next.check();
  }
}
