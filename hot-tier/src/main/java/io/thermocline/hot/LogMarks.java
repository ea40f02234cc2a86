package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes in the {@link Checkpoint} how far all logs are forced. Blocks for I/O. Thread-safe. */
final class LogMarks {
  private static final Logger LOG = LoggerFactory.getLogger(LogMarks.class);

  private final Logs logs;
  private final Checkpoint checkpoint;
  private final HotMetrics metrics;

  LogMarks(Logs logs, Checkpoint checkpoint, HotMetrics metrics) {
    this.logs = logs;
    this.checkpoint = checkpoint;
    this.metrics = metrics;
  }

  /** Notes it. Not being able to costs the next start some reading. */
  void note() {
    try {
      checkpoint.store(logs::marks);
    } catch (IOException e) {
      metrics.failedChores.increment();
      LOG.warn("The checkpoint could not be written: the next one is, or a start looks at more", e);
    }
  }
}
