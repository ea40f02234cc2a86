package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.S3Server;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;

/** A store in a bucket whose other side can be made to misbehave. */
interface S3FaultSubject {
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

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The kind of the failure, which must come in time. */
  static ErrorKind kind(Callable<?> call) throws Exception {
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

  static Callable<Void> putting(ObjectStore store) {
    return () -> {
      store.put("k", bytes("x"));
      return null;
    };
  }
}
