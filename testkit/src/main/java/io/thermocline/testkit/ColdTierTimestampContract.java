package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The part of {@link ColdTierContract} about offsets that are looked up by a timestamp. */
public interface ColdTierTimestampContract extends ColdTierSubject {
  @Test
  default void aTimestampIsFoundAtItsSmallestOffsetAcrossFiles() {
    TopicPartition id = newPartition();
    tier(id, Records.timed(0, 100, 300, 200));
    tier(id, Records.timed(3, -50, 250, 400));
    tier(id, Records.timed(6, 150, 350, 500));
    OffsetRange all = new OffsetRange(0, 9);

    assertThat(find(id, all, -1_000)).contains(new OffsetAndTimestamp(0, 100));
    assertThat(find(id, all, 101)).contains(new OffsetAndTimestamp(1, 300));
    assertThat(find(id, all, 300)).contains(new OffsetAndTimestamp(1, 300));
    assertThat(find(id, all, 301)).contains(new OffsetAndTimestamp(5, 400));
    assertThat(find(id, all, 401)).contains(new OffsetAndTimestamp(8, 500));
    assertThat(find(id, all, 501)).isEmpty();
    assertThat(find(id, new OffsetRange(2, 9), 201)).contains(new OffsetAndTimestamp(4, 250));
    assertThat(find(id, new OffsetRange(6, 9), 201)).contains(new OffsetAndTimestamp(7, 350));
    assertThat(find(id, new OffsetRange(0, 5), 301)).isEmpty();
    assertThat(find(id, new OffsetRange(4, 4), 0)).isEmpty();
  }

  @Test
  default void theLargestTimestampIsFoundAtItsSmallestOffsetAcrossFiles() {
    TopicPartition id = newPartition();
    assertThat(latest(id, 0, 9)).isEmpty();
    tier(id, Records.timed(0, 100, 400, 200));
    tier(id, Records.timed(3, -50, 250, 400));
    tier(id, Records.timed(6, 150, 400, 350));

    assertThat(latest(id, 0, 9)).contains(new OffsetAndTimestamp(1, 400));
    assertThat(latest(id, 2, 9)).contains(new OffsetAndTimestamp(5, 400));
    assertThat(latest(id, 6, 100)).contains(new OffsetAndTimestamp(7, 400));
    assertThat(latest(id, 2, 5)).contains(new OffsetAndTimestamp(4, 250));
    assertThat(latest(id, 8, 9)).contains(new OffsetAndTimestamp(8, 350));
    assertThat(latest(id, 4, 4)).isEmpty();
  }

  private Optional<OffsetAndTimestamp> latest(TopicPartition id, long from, long to) {
    return cold().maxTimestamp(id, new OffsetRange(from, to));
  }

  @Test
  default void aTimestampInALargeFileIsFoundAtItsSmallestOffset() {
    TopicPartition id = newPartition();
    Random random = new Random(3);
    List<StoredRecord> records = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      long timestamp = Records.NOON + i * 10L + random.nextInt(-200, 200);
      records.add(StoredRecord.of(i, timestamp, "key", "value-" + "-".repeat(200)));
    }
    tier(id, records);

    for (long wanted = Records.NOON; wanted < Records.NOON + 50_000; wanted += 4_321) {
      long timestamp = wanted;
      Optional<OffsetAndTimestamp> expected =
          records.stream()
              .filter(record -> record.timestampMillis() >= timestamp)
              .findFirst()
              .map(record -> new OffsetAndTimestamp(record.offset(), record.timestampMillis()));
      assertThat(find(id, new OffsetRange(0, 5_000), timestamp)).isEqualTo(expected);
    }
  }

  private Optional<OffsetAndTimestamp> find(TopicPartition id, OffsetRange range, long millis) {
    return cold().offsetForTimestamp(id, range, millis);
  }
}
