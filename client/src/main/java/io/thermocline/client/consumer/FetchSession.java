package io.thermocline.client.consumer;

import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Backoff;
import io.thermocline.client.wire.Stream;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.PausePartition;
import io.thermocline.proto.v1.RemovePartition;
import io.thermocline.proto.v1.ResumePartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The partitions a consumer reads, over one fetch stream after the other. It has no thread: the
 * transport's threads put in what comes, and the consumer's thread does everything else while it
 * waits in {@link #next}. One lock guards it all.
 *
 * <p>What may pile up is bounded by the credit the server is given.
 */
final class FetchSession {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

  /** A response taken, and whose it is. */
  record Taken(Subscription subscription, FetchResponse response, Wanted wanted) {}

  private final Assignment assignment;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FetchConnection connection;

  private boolean woken;

  /** For the consumer's thread alone. */
  private boolean endedEarly;

  private boolean closed;

  FetchSession(
      ConsumerOptions options,
      Stream.Opener<FetchRequest, FetchResponse> opener,
      LongSupplier nanoTime) {
    this.assignment = new Assignment(options);
    this.nanoTime = nanoTime;
    this.connection =
        new FetchConnection(
            opener, options.retryTimeout(), lock, nanoTime, this::arrived, this::disconnected);
  }

  /** Begins to read partitions beside those already read: all of them, or none. */
  void add(Collection<PartitionName> names, Map<PartitionName, Start> starts, OptionalLong end) {
    locked(
        () -> {
          assignment.add(names, starts, end);
          changed.signalAll();
        });
  }

  void remove(PartitionName name) {
    locked(
        () -> {
          if (assignment.remove(name).isInStream()) {
            RemovePartition remove =
                RemovePartition.newBuilder()
                    .setTopic(name.topic())
                    .setPartition(name.partition())
                    .build();
            connection.send(FetchRequest.newBuilder().setRemove(remove).build());
          }
        });
  }

  void seek(PartitionName name, Start where) {
    locked(
        () -> {
          moved(assignment.seek(name, where));
          changed.signalAll();
        });
  }

  /** Goes back to what was not handed out yet. */
  void rewind(PartitionName name) {
    locked(
        () -> {
          Subscription subscription = assignment.require(name);
          assignment.again(subscription);
          moved(subscription);
          changed.signalAll();
        });
  }

  /** Tells the server where a partition goes on, and that what it had sent is done with. */
  private void moved(Subscription subscription) {
    if (subscription.isInStream()) {
      connection.send(subscription.move());
      grant(subscription);
    }
  }

  private void grant(Subscription subscription) {
    FetchRequest grant = subscription.grant();
    if (grant != null) {
      connection.send(grant);
    }
  }

  void pause(PartitionName name, boolean pause) {
    locked(
        () -> {
          Subscription subscription = assignment.require(name);
          subscription.pause(pause);
          if (subscription.isInStream()) {
            connection.send(pause ? pauseRequest(name) : resumeRequest(name));
          }
          changed.signalAll();
        });
  }

  PartitionProgress progress(PartitionName name) {
    lock.lock();
    try {
      return assignment.require(name).progress();
    } finally {
      lock.unlock();
    }
  }

  /** The next offset to hand out, where that is known. */
  Map<PartitionName, Long> positions() {
    lock.lock();
    try {
      return assignment.positions();
    } finally {
      lock.unlock();
    }
  }

  List<PartitionName> partitions() {
    lock.lock();
    try {
      return assignment.names();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing more comes for any partition. */
  boolean isDone() {
    lock.lock();
    try {
      return assignment.isDone();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for what one of the partitions has to hand out.
   *
   * @return null when the time is over, when all partitions are done, or after {@link #wakeUp}
   * @throws ReadFailedException when the server was away for longer than is to be waited
   */
  Taken next(long maxNanos) throws InterruptedException {
    long deadline = nanoTime.getAsLong() + maxNanos;
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closed) {
          throw new IllegalStateException("The consumer is closed");
        }
        long now = nanoTime.getAsLong();
        boolean streamWanted = drive(now);
        Taken taken = assignment.takeNext();
        if (taken != null) {
          return taken;
        }
        if (streamWanted) {
          connection.throwIfGivenUp();
        }
        long left = deadline - now;
        if (left <= 0 || woken || isDone()) {
          endedEarly = woken || isDone();
          woken = false;
          return null;
        }
        // How long it took does not matter: the loop looks at the clock itself.
        long ignored = changed.awaitNanos(Math.min(left, nanosUntilDue(now)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether the last {@link #next} that gave nothing did so for another reason than its time. */
  boolean endedEarly() {
    return endedEarly;
  }

  /** Everything up to {@code next} was handed out, and the response is done with. */
  void finish(Taken taken, long next) {
    locked(
        () -> {
          Subscription subscription = taken.subscription();
          subscription.handedOut(next);
          subscription.release();
          grant(subscription);
        });
  }

  /** Records below {@code next} were handed out; more of the same response are to come. */
  void handedOut(Subscription subscription, long next) {
    lock.lock();
    try {
      subscription.handedOut(next);
    } finally {
      lock.unlock();
    }
  }

  /** A response could not be used: goes back to what was not handed out, after a pause. */
  void fail(Taken taken, Duration asked) {
    locked(
        () -> {
          Subscription subscription = taken.subscription();
          subscription.release();
          long now = nanoTime.getAsLong();
          Duration pause = BACKOFF.pause(subscription.attempts(), asked);
          subscription.failed(now, pause.toNanos());
          assignment.endTurn(subscription);
        });
  }

  /** A partition can't go on: it stands still until it is sought or removed. */
  void halt(Taken taken) {
    locked(
        () -> {
          taken.subscription().release();
          taken.subscription().halt();
        });
  }

  long failingNanos(Subscription subscription) {
    lock.lock();
    try {
      return subscription.failingNanos(nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** Makes a waiting {@link #next}, or the following one, return at once. */
  void wakeUp() {
    locked(
        () -> {
          woken = true;
          changed.signalAll();
        });
  }

  void close() {
    locked(
        () -> {
          closed = true;
          changed.signalAll();
          connection.close();
        });
  }

  /**
   * Connects, adds and tries again what is due.
   *
   * @return whether there was any of that
   */
  private boolean drive(long now) {
    boolean wanted = assignment.nanosUntilDue(now) == 0;
    if (wanted) {
      connection.connect(now);
      addAndRetry(now);
    }
    return wanted;
  }

  private void addAndRetry(long now) {
    for (Subscription subscription : assignment.all()) {
      if (!connection.isOpen()) {
        return;
      }
      if (subscription.nanosUntilRetry(now) == 0) {
        assignment.again(subscription);
        moved(subscription);
      }
      if (subscription.isMissing()) {
        connection.send(subscription.add());
        if (subscription.isPaused()) {
          connection.send(pauseRequest(subscription.name()));
        }
      }
    }
  }

  private long nanosUntilDue(long now) {
    // What is due is of no use without a stream.
    long wait = Math.max(assignment.nanosUntilDue(now), connection.nanosUntilConnect(now));
    return Math.max(wait, TimeUnit.MICROSECONDS.toNanos(10));
  }

  private void locked(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  private static FetchRequest pauseRequest(PartitionName name) {
    return FetchRequest.newBuilder()
        .setPause(PausePartition.newBuilder().setTopic(name.topic()).setPartition(name.partition()))
        .build();
  }

  private static FetchRequest resumeRequest(PartitionName name) {
    return FetchRequest.newBuilder()
        .setResume(
            ResumePartition.newBuilder().setTopic(name.topic()).setPartition(name.partition()))
        .build();
  }

  private void arrived(FetchResponse response) {
    PartitionName name = new PartitionName(response.getTopic(), response.getPartition());
    Subscription subscription = assignment.find(name);
    if (subscription == null) {
      return;
    }
    if (subscription.arrive(response)) {
      assignment.takeTurn(subscription);
      changed.signalAll();
    } else {
      grant(subscription);
    }
  }

  private void disconnected() {
    assignment.all().forEach(Subscription::streamClosed);
    changed.signalAll();
  }
}
