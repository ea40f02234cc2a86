package io.thermocline.client.consumer;

import io.thermocline.client.consumer.FetchSession.Taken;
import io.thermocline.client.record.PartitionName;
import io.thermocline.proto.v1.FetchResponse;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The partitions that are read: their shares of the buffer, and whose turn it is among those with
 * something to hand out. Not thread-safe: its session guards it.
 */
final class Assignment {
  private static final long MIN_CREDIT = 64 << 10;

  private final boolean follow;
  private final long bufferBytes;
  private final Map<PartitionName, Subscription> subscriptions = new LinkedHashMap<>();

  /** Those with something to hand out, in the order of their turns; paused ones included. */
  private final Set<Subscription> turns = new LinkedHashSet<>();

  private long lastPositionId;

  Assignment(ConsumerOptions options) {
    this.follow = options.follow();
    this.bufferBytes = options.bufferBytes();
  }

  /** Begins with partitions: all of them, or none. */
  void add(Collection<PartitionName> names, Map<PartitionName, Start> starts, OptionalLong end) {
    for (PartitionName name : names) {
      if (subscriptions.containsKey(name)) {
        throw new IllegalStateException(name + " is assigned already: seek, or remove it");
      }
    }
    for (PartitionName name : names) {
      subscriptions.put(
          name, new Subscription(name, starts.get(name), end, follow, ++lastPositionId));
    }
    share();
  }

  /** Reads a partition no more. */
  Subscription remove(PartitionName name) {
    Subscription subscription = require(name);
    subscriptions.remove(name);
    turns.remove(subscription);
    share();
    return subscription;
  }

  /** Sends a partition elsewhere. */
  Subscription seek(PartitionName name, Start where) {
    Subscription subscription = require(name);
    subscription.seek(where, ++lastPositionId);
    turns.remove(subscription);
    return subscription;
  }

  /** Sends one back to what was not handed out yet. */
  void again(Subscription subscription) {
    subscription.again(++lastPositionId);
    turns.remove(subscription);
  }

  /**
   * What is read of a partition.
   *
   * @throws IllegalStateException when it is not read
   */
  Subscription require(PartitionName name) {
    Subscription subscription = subscriptions.get(name);
    if (subscription == null) {
      throw new IllegalStateException(name + " is not assigned to this consumer");
    }
    return subscription;
  }

  /** What is read of a partition; null when it is not read. */
  Subscription find(PartitionName name) {
    return subscriptions.get(name);
  }

  /** All there are, in the order they were added. */
  Collection<Subscription> all() {
    return subscriptions.values();
  }

  List<PartitionName> names() {
    return List.copyOf(subscriptions.keySet());
  }

  /** The next offset to hand out, where that is known. */
  Map<PartitionName, Long> positions() {
    Map<PartitionName, Long> positions = new HashMap<>();
    for (Subscription each : all()) {
      each.progress().position().ifPresent(position -> positions.put(each.name(), position));
    }
    return positions;
  }

  /** Whether nothing more comes for any of them. */
  boolean isDone() {
    return all().stream().allMatch(Subscription::isDone);
  }

  /** Nanoseconds until one has to be added to the stream, or tried again. */
  long nanosUntilDue(long now) {
    long wait = Long.MAX_VALUE;
    for (Subscription subscription : all()) {
      wait = Math.min(wait, subscription.isMissing() ? 0 : subscription.nanosUntilRetry(now));
    }
    return wait;
  }

  /** Something has come: it has its place among the turns while there is anything to hand out. */
  void takeTurn(Subscription subscription) {
    if (subscription.hasArrived()) {
      turns.add(subscription);
    }
  }

  /** There is nothing to hand out any more. */
  void endTurn(Subscription subscription) {
    turns.remove(subscription);
  }

  /** Takes what is to be handed out next; null when there is nothing. */
  Taken takeNext() {
    for (Iterator<Subscription> each = turns.iterator(); each.hasNext(); ) {
      Subscription subscription = each.next();
      if (!subscription.isPaused()) {
        each.remove();
        FetchResponse response = subscription.take();
        takeTurn(subscription);
        return new Taken(subscription, response, subscription.wanted(response));
      }
    }
    return null;
  }

  /** All partitions share the buffer, each with enough to get on. */
  private void share() {
    if (!subscriptions.isEmpty()) {
      long each = Math.max(MIN_CREDIT, bufferBytes / subscriptions.size());
      subscriptions.values().forEach(subscription -> subscription.share(each));
    }
  }
}
