package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.tiering.policy.PolicyStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How the tiering service works. What it does is up to the policies.
 *
 * @param directory where policies and the retention clock are kept; made when missing
 * @param initialPolicies the document in force until one is applied
 * @param checkInterval how often each topic is looked at
 * @param commitInterval the least time between two commits of a table; a shorter {@code maxLag}
 *     counts instead
 * @param maintainInterval the least time between two pieces of upkeep on a table
 * @param maxBytesPerSecond read from local disk for tiering, over all topics
 * @param concurrentTopics how many topics are worked on at a time, one thread each
 * @param maxBytesPerCommit how much of a topic is tiered with one commit
 * @param maxClockStep steps of the wall clock up to this are believed by retention at once; it
 *     catches up with larger ones at twice the speed of time
 * @param hotDeadline how long an answer of the hot tier is waited for
 */
public record TieringSettings(
    Path directory,
    String initialPolicies,
    Duration checkInterval,
    Duration commitInterval,
    Duration maintainInterval,
    long maxBytesPerSecond,
    int concurrentTopics,
    long maxBytesPerCommit,
    Duration maxClockStep,
    Duration hotDeadline) {

  /** No limit on {@link #maxBytesPerSecond}. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  public TieringSettings {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(initialPolicies, "initialPolicies");
    positive("checkInterval", checkInterval);
    positive("commitInterval", commitInterval);
    positive("maintainInterval", maintainInterval);
    positive("hotDeadline", hotDeadline);
    if (maxClockStep.isNegative()) {
      throw invalid("maxClockStep", maxClockStep);
    }
    if (maxBytesPerSecond < 1) {
      throw invalid("maxBytesPerSecond", maxBytesPerSecond);
    }
    if (concurrentTopics < 1 || concurrentTopics > 64) {
      throw invalid("concurrentTopics (1 to 64)", concurrentTopics);
    }
    if (maxBytesPerCommit < 1) {
      throw invalid("maxBytesPerCommit", maxBytesPerCommit);
    }
  }

  /** Settings for a server on a small machine. */
  public static TieringSettings defaults(Path directory, String initialPolicies) {
    return new TieringSettings(
        directory,
        initialPolicies,
        Duration.ofSeconds(5),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        UNLIMITED,
        1,
        8L << 30,
        Duration.ofMinutes(5),
        Duration.ofSeconds(30));
  }

  /** Policies for a server that was given none: every topic is tiered and kept for good. */
  public static String defaultPolicies() {
    return PolicyStore.DEFAULTS;
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw invalid(name, value);
    }
  }

  private static ThermoclineException invalid(String name, Object value) {
    return new ThermoclineException(
        ErrorKind.INVALID, "tiering: " + name + " can't be " + value + ": it must be positive");
  }
}
