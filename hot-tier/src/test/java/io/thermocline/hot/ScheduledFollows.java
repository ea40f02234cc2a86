package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Who waits for logs to come further, while several threads use a tier. */
final class ScheduledFollows {
  private final Map<TopicPartition, ScheduledLedger> ledgers;
  private final Map<CompletableFuture<Long>, Follow> follows = new LinkedHashMap<>();

  /** What was found when somebody was woken. */
  private final List<CompletableFuture<?>> checks = new ArrayList<>();

  /** Somebody waits for a log to come further. */
  private record Follow(TopicPartition id, long offset) {}

  ScheduledFollows(Map<TopicPartition, ScheduledLedger> ledgers) {
    this.ledgers = ledgers;
  }

  /** Waits, and when woken goes on from there, so many times in all. */
  void follow(EmbeddedHotTier tier, TopicPartition id, long offset, int times) {
    CompletableFuture<Long> moved = tier.awaitBeyond(id, offset);
    follows.put(moved, new Follow(id, offset));
    checks.add(
        moved.handle(
            (end, failure) -> {
              if (failure instanceof ThermoclineException e) {
                assertThat(e.kind()).isEqualTo(ErrorKind.TRANSIENT);
              } else if (failure != null) {
                throw new AssertionError("A follower failed with something else", failure);
              } else {
                assertThat(end).as("end a follower was woken with").isGreaterThan(offset);
                ledgers.get(id).see(end);
                if (times > 1) {
                  follow(tier, id, end, times - 1);
                }
              }
              return null;
            }));
  }

  /** Whoever was told to wait for less than {@code end}, which is acknowledged, was woken. */
  void checkWoken(TopicPartition id, long end) {
    for (Map.Entry<CompletableFuture<Long>, Follow> each : List.copyOf(follows.entrySet())) {
      Follow follow = each.getValue();
      if (follow.id().equals(id) && follow.offset() < end) {
        assertThat(each.getKey()).as("woken from %s when %d is acknowledged", follow, end).isDone();
      }
    }
  }

  /** The tier is closed: nobody waits any more. */
  void checkEnded() {
    List.copyOf(checks).forEach(CompletableFuture::join);
    follows.keySet().forEach(follow -> assertThat(follow).as("a follower").isDone());
  }
}
