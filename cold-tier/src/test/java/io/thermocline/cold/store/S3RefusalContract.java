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
import io.thermocline.testkit.S3Server;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The part of {@link S3FaultContract} about another side that refuses, hangs or is no store. */
interface S3RefusalContract extends S3FaultSubject {
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
}
