package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The part of {@link HotTierConditionsContract} about appends that demand their offset. */
public interface HotTierOffsetContract extends HotTierSubject {

  @Test
  default void anAppendGetsTheOffsetItDemandsOrNone() {
    TopicPartition id = newPartition();
    assertThat(Await.result(appendAt(id, 0)).baseOffset()).isZero();
    long next = hot().state(id).end();
    PartitionState before = hot().state(id);

    for (long wrong : new long[] {0, next - 1, next + 1, Long.MAX_VALUE}) {
      ThermoclineException refused = Await.failure(() -> appendAt(id, wrong));
      assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(ErrorKind.CONFLICT);
      assertThat(refused.details()).containsEntry("next_offset", Long.toString(next));
    }

    assertThat(hot().state(id)).isEqualTo(before);
    assertThat(Await.result(appendAt(id, next)).baseOffset()).isEqualTo(next);
  }

  @Test
  default void batchesInFlightCountAndARefusalNamesWhatIsDurable() {
    TopicPartition id = newPartition();
    List<CompletableFuture<Appended>> inFlight = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      inFlight.add(hot().append(id, batch()));
    }

    ThermoclineException refused = Await.failure(() -> appendAt(id, 0));
    long named = Long.parseLong(refused.details().get("next_offset"));

    assertThat(refused.kind()).isEqualTo(ErrorKind.CONFLICT);
    assertThat(named).isLessThanOrEqualTo(hot().state(id).end());
    long lastPlace = inFlight.stream().mapToLong(f -> Await.result(f).baseOffset()).max().orElse(0);
    assertThat(named).isGreaterThan(lastPlace);
  }

  @Test
  default void ofAppendsThatDemandOneOffsetTheFirstGetsIt() {
    TopicPartition id = newPartition();
    CompletableFuture<Appended> first = appendAt(id, 0);
    CompletableFuture<Appended> second = appendAt(id, 0);

    assertThat(Await.result(first).baseOffset()).isZero();
    Await.fails(ErrorKind.CONFLICT, () -> second);
  }

  @Test
  default void writersThatCompareAndAppendNeverShareAnOffset() {
    TopicPartition id = newPartition();
    List<List<Long>> won =
        Together.run(
            4,
            writer -> {
              List<Long> mine = new ArrayList<>();
              long next = 0;
              while (mine.size() < 20) {
                long expected = next;
                try {
                  mine.add(Await.result(appendAt(id, expected)).baseOffset());
                  next = hot().state(id).end();
                } catch (ThermoclineException refused) {
                  assertThat(refused.kind()).isEqualTo(ErrorKind.CONFLICT);
                  next = Long.parseLong(refused.details().get("next_offset"));
                }
              }
              return mine;
            });

    Set<Long> all = new HashSet<>();
    won.forEach(all::addAll);
    assertThat(all).hasSize(80);
    assertThat(readAll(id, 0, 1 << 20)).hasSize(80);
  }

  private CompletableFuture<Appended> appendAt(TopicPartition id, long offset) {
    return hot().append(id, batch(), AppendConditions.NONE.expecting(offset));
  }

  private static BatchContent batch() {
    return TestBatches.content(StoredRecord.of(0, 0, "key", "value"));
  }
}
