package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Call.Operation;
import io.thermocline.testkit.S3Fault;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store in a bucket does when the other side misbehaves. */
interface S3FaultContract {
  /** How long anything may take here, with attempts, pauses and a slow machine. */
  Duration BOUND = Duration.ofSeconds(10);

  S3Server server();

  /** A store of a new bucket, with time for everything. */
  ObjectStore store();

  /** The same, reached through this address. */
  ObjectStore store(URI endpoint);

  /** The same, which gives an attempt a fraction of a second. */
  ObjectStore impatient(URI endpoint);

  ObjectStore store(String bucket, String secretKey);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The kind of the failure, which must come in time. */
  private static ErrorKind kind(Callable<?> call) throws Exception {
    long start = System.nanoTime();
    try {
      Object unused = call.call();
    } catch (ThermoclineException e) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
      assertThat(e.getMessage()).doesNotContain(S3Server.SECRET_KEY);
      return e.kind();
    }
    throw new AssertionError("It should have failed");
  }

  private static Callable<Void> putting(ObjectStore store) {
    return () -> {
      store.put("k", bytes("x"));
      return null;
    };
  }

  @Test
  default void aSlowDownIsOvercome() throws Exception {
    ObjectStore store = store();
    server().faults().next(2, S3Call.any(), S3Fault.slowDown());
    store.put("k", bytes("x"));
    server().faults().next(2, S3Call.any(), S3Fault.slowDown());
    assertThat(store.get("k", 10)).isEqualTo(bytes("x"));
    server().faults().next(2, S3Call.any(), S3Fault.internalError());
    assertThat(store.head("k")).isPresent();
  }

  @Test
  default void aStoreThatKeepsRefusingIsTransient() throws Exception {
    ObjectStore store = store();
    server().faults().always(S3Call.any(), S3Fault.slowDown());
    assertThat(kind(putting(store))).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(kind(() -> store.putIfAbsent("k", bytes("x")))).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(kind(() -> store.get("k", 10))).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(kind(() -> store.head("k"))).isEqualTo(ErrorKind.TRANSIENT);
    server().faults().clear();
    assertThat(store.head("k")).isEmpty();
  }

  @Test
  default void anInternalErrorLeavesAWriteUnknownAndAReadTransient() throws Exception {
    ObjectStore store = store();
    server().faults().always(S3Call.any(), S3Fault.internalError());
    assertThat(kind(putting(store))).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
    assertThat(kind(() -> store.get("k", 10))).isEqualTo(ErrorKind.TRANSIENT);
  }

  @Test
  default void refusedCredentialsAreSaidAndNotTriedAgain() throws Exception {
    ObjectStore store = store();
    server().faults().always(S3Call.any(), S3Fault.accessDenied());
    int before = server().faults().met().size();
    assertThat(kind(putting(store))).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(server().faults().met()).hasSize(before + 1);
    assertThat(kind(() -> store.get("k", 10))).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(kind(() -> store.head("k"))).isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  default void aWrongSecretIsToldAsSuch() {
    ObjectStore store = store(server().newBucket(), "wrong-secret");
    assertThatThrownBy(() -> store.put("k", bytes("x")))
        .isInstanceOf(ThermoclineException.class)
        .hasMessageContaining("Check the access key")
        .hasMessageNotContaining("wrong-secret")
        .extracting("kind")
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  default void aMissingBucketIsToldAsSuch() {
    ObjectStore store = store("no-such-bucket", S3Server.SECRET_KEY);
    for (Callable<?> call :
        List.<Callable<?>>of(
            putting(store),
            () -> store.get("k", 10),
            () -> {
              store.list("", info -> true);
              return null;
            })) {
      assertThatThrownBy(call::call)
          .isInstanceOf(ThermoclineException.class)
          .hasMessageContaining("no-such-bucket")
          .hasMessageContaining("Create the bucket")
          .extracting("kind")
          .isEqualTo(ErrorKind.FAILED_PRECONDITION);
    }
  }

  @Test
  default void aRefusedConnectionHadNoEffect() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    ObjectStore store = store(URI.create("http://127.0.0.1:" + port));
    assertThat(kind(putting(store))).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(kind(() -> store.putIfAbsent("k", bytes("x")))).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(kind(() -> store.get("k", 10))).isEqualTo(ErrorKind.TRANSIENT);
  }

  @Test
  default void aServerThatHangsIsLeftAtTheDeadline() throws Exception {
    ObjectStore store = impatient(server().endpoint());
    server().faults().always(S3Call.any(), new S3Fault.Hung());
    assertThat(kind(() -> store.get("k", 10))).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(kind(putting(store))).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
    server().faults().clear();
    store.put("k2", bytes("works again"));
    assertThat(store.get("k2", 100)).isEqualTo(bytes("works again"));
  }

  @Test
  default void aListenerThatNeverAnswersIsLeftAtTheDeadline() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      ObjectStore store = impatient(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
      assertThat(kind(() -> store.head("k"))).isEqualTo(ErrorKind.TRANSIENT);
      assertThat(kind(putting(store))).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
    }
  }

  @Test
  default void aBodyThatDripsIsLeftAtTheDeadline() throws Exception {
    try (ScriptedServer drip =
        ScriptedServer.answering(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n")
            .thenDripping()) {
      ObjectStore store = impatient(drip.endpoint());
      assertThat(kind(() -> store.read("k", 0, ByteBuffer.allocate(1000))))
          .isEqualTo(ErrorKind.TRANSIENT);
    }
  }

  @Test
  default void aProxysOwnWordsAreUnderstoodByTheirStatus() throws Exception {
    String page = "<html>busy</html>";
    String head =
        "HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s";
    try (ScriptedServer busy =
            ScriptedServer.answering(head.formatted("503 Busy", page.length(), page));
        ScriptedServer lost =
            ScriptedServer.answering(head.formatted("502 Bad Gateway", page.length(), page))) {
      ObjectStore refused = store(busy.endpoint());
      assertThat(kind(putting(refused))).isEqualTo(ErrorKind.TRANSIENT);
      assertThat(busy.requests()).isBetween(2, 4);
      refused.close();
      assertThat(kind(putting(store(lost.endpoint())))).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
    }
  }

  @Test
  default void aServerThatIsNoS3IsNotTakenForOne() throws Exception {
    try (ScriptedServer other =
        ScriptedServer.answering(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")) {
      ObjectStore store = store(other.endpoint());
      assertThat(
              kind(
                  () -> {
                    store.list("", info -> true);
                    return null;
                  }))
          .isIn(ErrorKind.TRANSIENT, ErrorKind.FAILED_PRECONDITION);
      assertThat(kind(() -> store.read("k", 3, ByteBuffer.allocate(10))))
          .isEqualTo(ErrorKind.TRANSIENT);
    }
  }

  @Test
  default void aBodyThatBreaksOffIsReadAgain() throws Exception {
    ObjectStore store = store();
    byte[] content = new byte[300_000];
    Arrays.fill(content, (byte) 7);
    store.put("k", content);
    server().faults().next(2, S3Call.of(Operation.GET), new S3Fault.Truncated(1000));
    assertThat(store.get("k", 300_000)).isEqualTo(content);
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
  default void anUploadWithAPartOfUnknownOutcomeLeavesNoParts(@TempDir Path directory)
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
        .isEqualTo(ErrorKind.OUTCOME_UNKNOWN);

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
  default void readsThatWaitTooLongForTheirTurnAreRefused() throws Exception {
    ObjectStore store = impatient(server().endpoint());
    server().faults().always(S3Call.of(Operation.GET), new S3Fault.Hung());
    ExecutorService threads = Executors.newFixedThreadPool(40);
    try {
      List<Callable<ErrorKind>> reads =
          Collections.nCopies(40, () -> kind(() -> store.get("k", 10)));
      Set<ErrorKind> kinds = new HashSet<>();
      for (Future<ErrorKind> read : threads.invokeAll(reads)) {
        kinds.add(read.get());
      }
      assertThat(kinds).containsExactlyInAnyOrder(ErrorKind.TRANSIENT, ErrorKind.EXHAUSTED);
    } finally {
      threads.shutdownNow();
    }
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
