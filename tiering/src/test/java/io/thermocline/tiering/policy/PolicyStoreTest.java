package io.thermocline.tiering.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class PolicyStoreTest {
  private static final String FIRST = document("7d");
  private static final String SECOND = document("8d");

  @TempDir Path temporary;
  private Path directory;

  private static String document(String age) {
    return """
        # Grüße
        apiVersion: thermocline/v1
        kind: TopicPolicies
        policies:
          - topics: ["*"]
            retention: { age: %s }
        """
        .formatted(age);
  }

  @BeforeEach
  void name() {
    directory = temporary.resolve("data");
  }

  private static void assertKind(ErrorKind kind, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private void assertOpenFails(ErrorKind kind) {
    assertKind(kind, () -> assertThat(PolicyStore.open(directory, FIRST)).isNull());
  }

  @Test
  void aLookTellsWhatAnOpeningWouldFindAndWritesNothing() {
    assertThat(PolicyStore.look(directory, FIRST).text()).isEqualTo(FIRST);
    assertThat(directory).doesNotExist();
    PolicyStore.open(directory, FIRST).apply(PolicyStore.parse(SECOND));
    assertThat(PolicyStore.look(directory, FIRST).text()).isEqualTo(SECOND);
    assertKind(ErrorKind.INVALID, () -> PolicyStore.look(directory, "policies: 1"));
  }

  @Test
  void aConfiguredDocumentThatIsLeftAsideIsToldAndTheDefaultsAreNot() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(PolicyStore.class);
    Level before = logger.getLevel();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
    try {
      assertThat(PolicyStore.open(directory, FIRST)).isNotNull();
      assertThat(PolicyStore.open(directory, PolicyStore.DEFAULTS)).isNotNull();
      assertThat(log.list).isEmpty();
      assertThat(PolicyStore.open(directory, SECOND)).isNotNull();
      assertThat(log.list).hasSize(1);
    } finally {
      logger.setLevel(before);
      logger.detachAppender(log);
    }
  }

  @Test
  void theInitialDocumentHoldsUntilAnotherIsApplied() {
    PolicyStore store = PolicyStore.open(directory, FIRST);
    assertThat(store.inForce().text()).isEqualTo(FIRST);
    store.apply(PolicyStore.parse(SECOND));
    assertThat(store.inForce().text()).isEqualTo(SECOND);
    assertThat(PolicyStore.open(directory, FIRST).inForce().text()).isEqualTo(SECOND);
  }

  @Test
  void aHalfWrittenReplacementIsNotSeen() throws IOException {
    assertThat(PolicyStore.open(directory, FIRST).inForce()).isNotNull();
    Files.writeString(directory.resolve("policies.new"), "thermocline policies v1 crc");
    PolicyStore store = PolicyStore.open(directory, FIRST);
    assertThat(store.inForce().text()).isEqualTo(FIRST);
    store.apply(PolicyStore.parse(SECOND));
    assertThat(PolicyStore.open(directory, FIRST).inForce().text()).isEqualTo(SECOND);
  }

  @Test
  void damageAnywhereIsFound() throws IOException {
    assertThat(PolicyStore.open(directory, FIRST).inForce()).isNotNull();
    Path file = directory.resolve("policies");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 4;
      Files.write(file, bad);
      assertThatThrownBy(() -> PolicyStore.open(directory, FIRST))
          .isInstanceOf(ThermoclineException.class);
      Files.write(file, java.util.Arrays.copyOf(good, i));
      assertOpenFails(ErrorKind.CORRUPT);
    }
  }

  @Test
  void aNewerVersionIsRefused() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("policies"), "thermocline policies v2 anything\nmore");
    assertOpenFails(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  void aBadDocumentNamesEveryFault() {
    assertKind(
        ErrorKind.INVALID, () -> assertThat(PolicyStore.open(directory, "kind: x")).isNull());
    assertThat(directory).doesNotExist();
  }

  /** The file must never be made anew: later versions have to read what the first one wrote. */
  @Test
  void policiesOfTheFirstVersionAreInForce() throws IOException {
    Files.createDirectories(directory);
    try (InputStream golden = getClass().getResourceAsStream("/golden/policies-v1")) {
      Files.copy(golden, directory.resolve("policies"));
    }

    PolicyDocument document = PolicyStore.open(directory, PolicyStore.DEFAULTS).inForce();

    assertThat(document.text()).startsWith("# Grüße: what the first version wrote\n");
    assertThat(document.of("orders.eu").tiering().maxLag()).isEqualTo(Duration.ofHours(1));
  }
}
