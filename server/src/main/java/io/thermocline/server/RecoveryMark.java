package io.thermocline.server;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.tiering.policy.SealedText;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Says that a recovery into a data directory has begun and has not ended: made before anything is
 * changed, gone after everything was. With it another run goes on under the same identity.
 *
 * @param cluster the identity that the data directory gets
 * @param warehouse what is recovered from
 * @param seenEpoch of the warehouse's owner before
 */
record RecoveryMark(UUID cluster, String warehouse, long seenEpoch) {
  private static final String FILE = "recovery";

  /** The file's name in the data directory. */
  static String fileName() {
    return FILE;
  }

  private static SealedText file(Path dataDirectory) {
    return new SealedText(dataDirectory.resolve(FILE), "recovery");
  }

  /** The mark in a data directory, if a recovery was broken off there. */
  static Optional<RecoveryMark> read(Path dataDirectory) {
    return file(dataDirectory).read().map(RecoveryMark::parse);
  }

  private static RecoveryMark parse(String text) {
    Map<String, String> lines = new HashMap<>();
    text.lines()
        .forEach(
            line -> {
              int colon = line.indexOf(": ");
              if (colon > 0) {
                String unused = lines.put(line.substring(0, colon), line.substring(colon + 2));
              }
            });
    try {
      return new RecoveryMark(
          UUID.fromString(lines.getOrDefault("cluster", "")),
          lines.getOrDefault("warehouse", ""),
          Long.parseLong(lines.getOrDefault("seenEpoch", "")));
    } catch (IllegalArgumentException e) {
      throw new ThermoclineException(ErrorKind.CORRUPT, "The mark of a recovery is damaged", e);
    }
  }

  /** Makes it, durably. */
  void write(Path dataDirectory) {
    file(dataDirectory)
        .write(
            "cluster: %s\nwarehouse: %s\nseenEpoch: %d\n".formatted(cluster, warehouse, seenEpoch));
  }

  /** Takes it away, durably. */
  static void remove(Path dataDirectory) {
    try {
      file(dataDirectory).delete();
    } catch (ThermoclineException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "All is recovered, but the mark of it stays: %s. Delete it by hand"
              .formatted(e.getMessage()),
          e);
    }
  }

  /**
   * Refuses a data directory that is half made.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION}
   */
  static void requireNone(Path dataDirectory) {
    Optional<RecoveryMark> mark = read(dataDirectory);
    if (mark.isPresent()) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "A recovery into %s from %s was broken off: run 'thermocline recover' again, it goes on"
              .formatted(dataDirectory, mark.get().warehouse()));
    }
  }
}
