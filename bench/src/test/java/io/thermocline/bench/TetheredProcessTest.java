package io.thermocline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TetheredProcessTest {
  private static final List<String> LONG_SLEEP = List.of("sleep", "300");

  @Test
  void aChildEndsWhenItsParentLetsGoOfThePipe() throws Exception {
    try (TetheredProcess child = TetheredProcess.start(LONG_SLEEP, Map.of())) {
      // What the operating system does for a parent that is gone.
      child.process().getOutputStream().close();

      assertThat(child.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aChildLivesWhileItsParentHoldsThePipe() throws Exception {
    try (TetheredProcess child = TetheredProcess.start(LONG_SLEEP, Map.of())) {
      assertThat(child.process().waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
      child.kill();
      assertThat(child.process().isAlive()).isFalse();
    }
  }

  @Test
  void theOutputAndTheStatusAreTheChilds() throws IOException, InterruptedException {
    try (TetheredProcess child =
        TetheredProcess.start(List.of("sh", "-c", "echo $WORD; exit 3"), Map.of("WORD", "said"))) {
      assertThat(child.process().getInputStream().readAllBytes()).asString().isEqualTo("said\n");
      assertThat(child.process().waitFor()).isEqualTo(3);
    }
  }
}
