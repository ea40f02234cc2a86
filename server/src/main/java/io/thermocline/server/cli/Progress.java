package io.thermocline.server.cli;

import io.thermocline.model.Units;
import java.io.PrintWriter;
import java.time.Duration;

/** One line on a terminal that is written over a few times a second; nothing elsewhere. */
final class Progress {
  private static final long EVERY_NANOS = Duration.ofMillis(200).toNanos();
  private static final String START_OF_CLEAN_LINE = "\r\033[K";

  private final PrintWriter terminal;
  private final boolean shown;
  private long lastNanos = System.nanoTime();
  private boolean dirty;

  Progress(PrintWriter terminal, boolean shown) {
    this.terminal = terminal;
    this.shown = shown;
  }

  void show(Deliveries deliveries) {
    if (!shown || System.nanoTime() - lastNanos < EVERY_NANOS) {
      return;
    }
    lastNanos = System.nanoTime();
    dirty = true;
    terminal.print(
        START_OF_CLEAN_LINE
            + "%,d records, %s"
                .formatted(deliveries.acknowledged(), Units.roundedBytes(deliveries.bytes())));
    terminal.flush();
  }

  void clear() {
    if (dirty) {
      terminal.print(START_OF_CLEAN_LINE);
      terminal.flush();
    }
  }
}
