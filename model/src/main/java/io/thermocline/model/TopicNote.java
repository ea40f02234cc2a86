package io.thermocline.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What has to be known of a topic beside its table to bring it back from the warehouse alone.
 *
 * @param topic name, identity, partition count and age
 * @param settings the policy in force for it: each key's path and text
 * @param marks where each partition stood on local disk, by number; those that are missing could
 *     not be asked
 */
public record TopicNote(Topic topic, Map<String, String> settings, Map<Integer, Mark> marks) {

  /**
   * Where one partition stood.
   *
   * @param logStart first readable offset by the hot tier
   * @param end one past the last durable record
   * @param epoch the log epoch
   * @param fence the token below which appends are refused; 0: no fence
   */
  public record Mark(long logStart, long end, int epoch, long fence) {
    /** A partition nothing is known of. */
    public static final Mark NONE = new Mark(0, 0, 0, 0);

    public Mark {
      if (logStart < 0 || end < logStart || epoch < 0 || fence < 0) {
        throw new IllegalArgumentException(
            "Not a mark: logStart %d, end %d, epoch %d, fence %d"
                .formatted(logStart, end, epoch, fence));
      }
    }
  }

  public TopicNote {
    Objects.requireNonNull(topic, "topic");
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    marks = Collections.unmodifiableMap(new TreeMap<>(marks));
  }

  /** Where the partition stood, as far as it is known. */
  public Mark mark(int partition) {
    return marks.getOrDefault(partition, Mark.NONE);
  }
}
