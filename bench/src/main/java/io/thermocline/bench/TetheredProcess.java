package io.thermocline.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A child process that does not outlive this one, however this one ends: a shell beside it waits
 * for the end of a pipe that only this process holds open, and then kills it.
 */
public final class TetheredProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 60;

  /** {@code $$} is the process the command is executed in. */
  private static final String TETHER =
      "{ cat >/dev/null; kill -KILL $$ 2>/dev/null; } <&3 >/dev/null 2>&1 & exec \"$@\" 3<&- </dev/null";

  private final Process process;

  private TetheredProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts {@code command} with {@code environment} beside what this process has. Its standard
   * output is for {@link #process()} to read, its standard error goes where this one's does.
   */
  public static TetheredProcess start(List<String> command, Map<String, String> environment)
      throws IOException {
    List<String> tethered = new ArrayList<>(List.of("sh", "-c", "exec 3<&0; " + TETHER, "sh"));
    tethered.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(tethered);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new TetheredProcess(builder.start());
  }

  /** The process, as the platform sees it. */
  public Process process() {
    return process;
  }

  /** Processor time it took so far. */
  public Duration cpuTime() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(
            () -> new IllegalStateException("No processor time is told of " + process.pid()));
  }

  /** Ends it as {@code kill -9} does, and waits until it is gone. */
  public void kill() throws IOException {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end as SIGTERM does, and waits until it is gone. */
  @Override
  public void close() throws IOException {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() throws IOException {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("A server did not stop within " + STOP_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      process.getOutputStream().close();
    }
  }
}
