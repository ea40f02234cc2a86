package io.thermocline.tiering.policy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.ThermoclineException.Violation;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies in force, durable in a file of the data directory. Thread-safe; applying blocks for
 * the disk, asking never does.
 */
public final class PolicyStore {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyStore.class);

  /** What holds where nothing was configured: every topic is tiered and kept for good. */
  public static final String DEFAULTS =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["*"]
          tiering: { enabled: true }
      """;

  private final SealedText file;
  private volatile PolicyDocument inForce;

  private PolicyStore(SealedText file, PolicyDocument inForce) {
    this.file = file;
    this.inForce = inForce;
  }

  /**
   * Opens the store. Where nothing was ever applied {@code initial} is in force, and becomes
   * durable.
   *
   * @param directory made when it is missing
   * @param initial the configuration's document, checked in any case
   * @throws ThermoclineException {@link ErrorKind#INVALID} for a bad document, with each fault as a
   *     violation; {@link ErrorKind#CORRUPT} or {@link ErrorKind#FAILED_PRECONDITION} as {@link
   *     SealedText#read} says
   */
  public static PolicyStore open(Path directory, String initial) {
    PolicyDocument configured = parse(initial);
    SealedText file = new SealedText(directory.resolve("policies"), "policies");
    String text = file.read().orElse(null);
    if (text == null) {
      file.write(initial);
      return new PolicyStore(file, configured);
    }
    // The defaults were never asked for, so nobody misses them.
    if (!text.equals(initial) && !initial.equals(DEFAULTS)) {
      LOG.warn(
          "the policies in force were applied and differ from the configuration's, which are left"
              + " aside: apply those to change that, applied_bytes={} configured_bytes={}",
          text.length(),
          initial.length());
    }
    return new PolicyStore(file, parse(text));
  }

  /**
   * What would be in force if the store were opened; writes nothing.
   *
   * @throws ThermoclineException as {@link #open}
   */
  public static PolicyDocument look(Path directory, String initial) {
    PolicyDocument configured = parse(initial);
    return new SealedText(directory.resolve("policies"), "policies")
        .read()
        .map(PolicyStore::parse)
        .orElse(configured);
  }

  /** What is in force. */
  public PolicyDocument inForce() {
    return inForce;
  }

  /**
   * Puts a document in force, durably.
   *
   * @throws ThermoclineException {@link ErrorKind#OUTCOME_UNKNOWN} when the disk failed: until the
   *     next start the old one stays in force
   */
  public synchronized void apply(PolicyDocument document) {
    file.write(document.text());
    inForce = document;
  }

  /**
   * Reads a document.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} with each fault as a violation
   */
  public static PolicyDocument parse(String yaml) {
    PolicyParser.Parsed parsed = PolicyParser.parse(yaml);
    return parsed
        .document()
        .orElseThrow(
            () ->
                new ThermoclineException(
                        ErrorKind.INVALID,
                        "The policies have %d problem%s, the first: %s"
                            .formatted(
                                parsed.faults().size(),
                                parsed.faults().size() == 1 ? "" : "s",
                                parsed.faults().get(0)))
                    .with(
                        parsed.faults().stream()
                            .map(fault -> new Violation(fault.path(), fault.toString()))
                            .toList()));
  }
}
