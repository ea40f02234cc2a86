package io.thermocline.cold;

/**
 * What writing to the cold tier may take from others: memory for the files that are built, and
 * requests to the object store. Readers count on neither.
 *
 * @param memoryBytes for building data files, all of them together; at least {@link
 *     #LEAST_MEMORY_BYTES}
 * @param requestsPerSecond to the object store, for tiering, merging and upkeep together; {@code >
 *     0}
 */
public record WriteBudget(long memoryBytes, long requestsPerSecond) {
  /** Enough for one file at a time, in small row groups. */
  public static final long LEAST_MEMORY_BYTES = 20L << 20;

  /** No limit on {@link #requestsPerSecond}. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final int ROW_GROUP_BYTES = 32 << 20;

  /** What a file takes besides its row group: a batch, two reads ahead, pages, keys. */
  private static final int OTHER_BYTES = 16 << 20;

  public WriteBudget {
    if (memoryBytes < LEAST_MEMORY_BYTES || requestsPerSecond <= 0) {
      throw new IllegalArgumentException(
          "Not a budget: %d bytes, at least %d; %d requests a second"
              .formatted(memoryBytes, LEAST_MEMORY_BYTES, requestsPerSecond));
    }
  }

  /** 128 MiB: two files at a time; requests without a limit. */
  public static WriteBudget defaults() {
    return new WriteBudget(128L << 20, UNLIMITED);
  }

  /** How large a row group may grow. */
  public int rowGroupBytes() {
    return (int) Math.min(ROW_GROUP_BYTES, memoryBytes - OTHER_BYTES);
  }

  /** How many files may be built at a time. */
  public int files() {
    return (int) Math.min(1024, memoryBytes / (rowGroupBytes() + OTHER_BYTES));
  }
}
