package io.thermocline.client.admin;

import io.thermocline.model.OffsetRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tiering has done and has before it. */
public final class TieringReport {
  private TieringReport() {}

  /**
   * How one partition stands.
   *
   * @param topic its topic
   * @param partition its number
   * @param enabled false when no policy tiers the topic
   * @param logStart first readable offset
   * @param hotStart first offset that is still on the server's disk
   * @param tieredTo one past the last offset in the cold tier
   * @param end one past the last durable record
   * @param lagBytes on the server's disk and not tiered yet
   * @param lag age of the oldest record that is not tiered yet
   * @param oldestUntiered when that one was appended
   * @param coldFiles data files in the table
   * @param coldBytes of them
   * @param problem why it stands still; empty when it does not
   */
  public record Status(
      String topic,
      int partition,
      boolean enabled,
      long logStart,
      long hotStart,
      long tieredTo,
      long end,
      long lagBytes,
      Optional<Duration> lag,
      Optional<Instant> oldestUntiered,
      long coldFiles,
      long coldBytes,
      String problem) {}

  /**
   * How tiering stands.
   *
   * @param partitions those asked for
   * @param commits to tables since the server's start by outcome: "ok", or the kind of error
   * @param caches look-ups in the caches of the cold tier since the server's start
   */
  public record Overview(
      List<Status> partitions, Map<String, Long> commits, List<CacheUse> caches) {
    public Overview {
      partitions = List.copyOf(partitions);
      commits = Collections.unmodifiableMap(new LinkedHashMap<>(commits));
      caches = List.copyOf(caches);
    }
  }

  /**
   * Look-ups in one cache.
   *
   * @param cache its name
   * @param hits that found what they looked for
   * @param misses that did not
   */
  public record CacheUse(String cache, long hits, long misses) {}

  /**
   * What one run did to one partition.
   *
   * @param topic its topic
   * @param partition its number
   * @param tiered offsets added to the cold tier
   * @param records how many they are
   * @param files how many files were written
   * @param coldBytes their size
   * @param hotStart first offset that is still on the server's disk
   * @param logStart first readable offset
   * @param problem why it was not moved further; empty when all went well
   */
  public record Move(
      String topic,
      int partition,
      OffsetRange tiered,
      long records,
      long files,
      long coldBytes,
      long hotStart,
      long logStart,
      String problem) {}
}
