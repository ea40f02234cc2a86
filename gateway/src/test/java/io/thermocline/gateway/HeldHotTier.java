package io.thermocline.gateway;

import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicPartition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Appends are judged, stored and answered later, by whoever takes them. */
final class HeldHotTier extends ForwardingHotTier {
  private final Executor later;

  /**
   * @param later takes what was handed over, in order; running one stores or refuses it
   */
  HeldHotTier(HotTier hot, Executor later) {
    super(hot);
    this.later = later;
  }

  @Override
  public CompletableFuture<Appended> append(
      TopicPartition id, BatchContent batch, AppendConditions conditions) {
    CompletableFuture<Appended> append = new CompletableFuture<>();
    later.execute(
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
