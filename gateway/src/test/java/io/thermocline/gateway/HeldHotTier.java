package io.thermocline.gateway;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicPartition;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Appends are judged and stored only as the test lets them, and answered on its thread. */
final class HeldHotTier extends ForwardingHotTier {
  private final Queue<Runnable> held;

  /**
   * @param held what was handed over, in order; running one stores or refuses it
   */
  HeldHotTier(HotTier hot, Queue<Runnable> held) {
    super(hot);
    this.held = held;
  }

  @Override
  public CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions) {
    CompletableFuture<Appended> append = new CompletableFuture<>();
    held.add(
        () -> {
          var unused =
              super.append(id, batch, conditions)
                  .whenComplete(
                      (appended, failure) -> {
                        if (failure == null) {
                          append.complete(appended);
                        } else {
                          append.completeExceptionally(failure);
                        }
                      });
        });
    return append;
  }
}
