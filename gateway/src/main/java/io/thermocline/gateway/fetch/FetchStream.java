package io.thermocline.gateway.fetch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.fetch.FetchCursor.Phase;
import io.thermocline.gateway.read.TieredRead;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.stream.SerialExecutor;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.SeekPartition;
import io.thermocline.proto.v1.StartPosition;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One Fetch call: any number of partitions, each with its own place and credit, that take turns.
 *
 * <p>All state belongs to one serial executor. Requests, finished reads, wake-ups, the peer's
 * readiness and heartbeats are steps on it; nothing else touches a cursor. A step that throws ends
 * the call.
 */
public final class FetchStream implements StreamObserver<FetchRequest>, OpenStreams.Draining {
  private final ServerCallStreamObserver<FetchAnswer> out;
  private final FetchContext context;
  private final SerialExecutor serial;
  private final FetchCursors cursors;
  private final FetchTurns turns = new FetchTurns();
  private final FetchOutbox outbox;
  private final FetchNews news;
  private final Runnable stopHeartbeat;
  private boolean halfClosed;
  private boolean closed;

  /** Begins to serve a call that has just come. */
  public FetchStream(ServerCallStreamObserver<FetchAnswer> out, FetchContext context) {
    this.out = out;
    this.context = context;
    this.serial = new SerialExecutor(context.calls());
    this.cursors = new FetchCursors(context.streams().fetchPartitions());
    this.outbox = new FetchOutbox(out, context.budget(), context.metrics(), this::pumpLater);
    this.news = new FetchNews(context.reader());
    out.disableAutoRequest();
    out.setOnReadyThreshold(context.streams().fetchTurnBytes());
    out.setOnReadyHandler(() -> step(() -> {}));
    out.setOnCancelHandler(() -> step(this::release));
    this.stopHeartbeat = context.time().every(() -> step(this::heartbeat));
    // Last: a server that is closing ends it at once.
    context.open().add(this);
    out.request(1);
  }

  @Override
  public void onNext(FetchRequest request) {
    step(
        () -> {
          handle(request);
          out.request(1);
        });
  }

  @Override
  public void onError(Throwable cancelled) {
    step(this::release);
  }

  @Override
  public void onCompleted() {
    step(() -> halfClosed = true);
  }

  @Override
  public void drain() {
    step(
        () ->
            fail(
                new ThermoclineException(
                    ErrorKind.TRANSIENT, "The server is shutting down: fetch again elsewhere")));
  }

  /** Runs a step on the serial executor, then whatever it made possible. */
  private void step(Runnable step) {
    settle(
        () -> {
          if (!closed) {
            step.run();
          }
        });
  }

  private void fail(Throwable failure) {
    if (!closed) {
      release();
      out.onError(failure);
    }
  }

  private void release() {
    if (!closed) {
      closed = true;
      stopHeartbeat.run();
      cursors.clear();
      outbox.close();
      context.open().remove(this);
    }
  }

  // ---- What the client asks for ----

  private void handle(FetchRequest request) {
    switch (request.getActionCase()) {
      case ADD -> locate(cursors.add(request.getAdd()), request.getAdd().getStart());
      case SEEK -> seek(request.getSeek());
      case PAUSE ->
          pause(cursors.require(request.getPause().getTopic(), request.getPause().getPartition()));
      case RESUME -> {
        FetchCursor cursor =
            cursors.require(request.getResume().getTopic(), request.getResume().getPartition());
        cursor.resume();
        goOnIfHeld(cursor);
      }
      case REMOVE -> {
        FetchCursor cursor =
            cursors.require(request.getRemove().getTopic(), request.getRemove().getPartition());
        stop(cursor);
        cursors.remove(cursor);
      }
      case CREDIT -> {
        FetchCursor cursor =
            cursors.require(request.getCredit().getTopic(), request.getCredit().getPartition());
        cursor.grant(FetchCursors.credit("credit.bytes", request.getCredit().getBytes()));
        goOnIfHeld(cursor);
      }
      case ACTION_NOT_SET -> throw Wire.invalid("action", "is not set");
    }
  }

  private void seek(SeekPartition seek) {
    FetchCursor cursor = cursors.require(seek.getTopic(), seek.getPartition());
    stop(cursor);
    cursor.seek(seek.getPositionId());
    locate(cursor, seek.getStart());
  }

  private void pause(FetchCursor cursor) {
    cursor.pause();
    if (cursor.phase() != Phase.LOCATING && cursor.phase() != Phase.FAILED) {
      stop(cursor);
      cursor.rewind();
      cursor.interrupt(Phase.HELD);
    }
  }

  /** Takes a cursor out of the turns, and back what was read for it and not sent. */
  private void stop(FetchCursor cursor) {
    turns.remove(cursor);
    cursor.unread(outbox.drop(cursor));
  }

  private void goOnIfHeld(FetchCursor cursor) {
    if (cursor.phase() == Phase.HELD) {
      orFail(cursor, () -> advance(cursor));
    }
  }

  /** What a partition can't do, as when its topic is gone, fails it and no other. */
  private void orFail(FetchCursor cursor, Runnable step) {
    try {
      step.run();
    } catch (ThermoclineException failure) {
      fail(cursor, failure);
    }
  }

  // ---- Where a cursor begins ----

  private void locate(FetchCursor cursor, StartPosition start) {
    orFail(cursor, () -> find(cursor, start));
  }

  private void find(FetchCursor cursor, StartPosition start) {
    TopicPartition id =
        context.topics().require(cursor.key().topic()).partition(cursor.key().partition());
    TieredReader.Bounds bounds = context.reader().bounds(id);
    cursor.found(id, bounds.end());
    switch (start.getPositionCase()) {
      case EARLIEST, POSITION_NOT_SET -> {
        cursor.standAtEarliest(bounds.logStart());
        advance(cursor);
      }
      case LATEST -> standAt(cursor, bounds.end());
      case OFFSET -> {
        var unused = context.reader().checkReadable(id, start.getOffset());
        standAt(cursor, start.getOffset());
      }
      case TIMESTAMP ->
          whenDone(
              cursor,
              context.reader().offsetForTimestamp(id, start.getTimestamp()),
              found ->
                  standAt(
                      cursor,
                      found
                          .map(OffsetAndTimestamp::offset)
                          .orElseGet(() -> context.reader().bounds(id).end())));
    }
  }

  private void standAt(FetchCursor cursor, long offset) {
    cursor.standAt(offset);
    advance(cursor);
  }

  // ---- How a cursor goes on ----

  private void advance(FetchCursor cursor) {
    if (cursor.atStop()) {
      cursor.phase(Phase.DONE);
      outbox.add(cursor, news.done(cursor));
    } else if (!cursor.mayRead()) {
      cursor.phase(Phase.HELD);
    } else {
      long rest = cursor.fresh() ? 0 : context.pace().rest(context.time().nanoTime());
      if (rest > 0) {
        rest(cursor, rest);
      } else {
        turns.add(cursor);
      }
    }
  }

  private void rest(FetchCursor cursor, long nanos) {
    cursor.phase(Phase.RESTING);
    int generation = cursor.generation();
    context
        .time()
        .after(
            nanos,
            () ->
                step(
                    () -> {
                      if (generation == cursor.generation()) {
                        turns.add(cursor);
                      }
                    }));
  }

  /** What a cursor waited for was read. A peer that is slow itself does not count. */
  private void served(FetchCursor cursor) {
    OptionalLong moved = cursor.takeMoved();
    if (moved.isPresent() && outbox.isFlowing()) {
      long now = context.time().nanoTime();
      context.pace().served(now - moved.getAsLong(), now);
    }
  }

  /** Sends what is ready, reads ahead as far as there is room, and ends a call that is over. */
  private void pump() {
    if (closed) {
      return;
    }
    outbox.send();
    while (outbox.hasRoom()) {
      FetchCursor cursor = turns.peek();
      if (cursor == null || !outbox.reserve(context.streams().fetchTurnBytes())) {
        break;
      }
      turns.remove(cursor);
      startRead(cursor);
    }
    if (halfClosed && outbox.isIdle() && !cursors.anyLive()) {
      release();
      out.onCompleted();
    }
  }

  private void pumpLater() {
    step(outbox::budgetFreed);
  }

  private void startRead(FetchCursor cursor) {
    cursor.phase(Phase.READING);
    int reserved = context.streams().fetchTurnBytes();
    int generation = cursor.generation();
    var unused =
        context
            .reader()
            .read(cursor.id(), cursor.next(), cursor.readLimit(reserved), cursor.fresh())
            .thenApply(cursor.wanted(cursor.next()))
            .whenComplete(
                (read, failure) ->
                    settle(
                        () -> {
                          boolean wanted = !closed && generation == cursor.generation();
                          outbox.settle(reserved, wanted && read != null ? read.bytes() : 0);
                          if (wanted && failure != null) {
                            afterFailure(cursor, failure);
                          } else if (wanted) {
                            afterRead(cursor, read);
                          }
                        }));
  }

  /** The same also after the call has closed: a read gives back what was set aside for it. */
  private void settle(Runnable step) {
    serial.execute(
        () -> {
          try {
            step.run();
            pump();
          } catch (RuntimeException | Error failure) {
            fail(failure);
          }
        });
  }

  private void afterRead(FetchCursor cursor, TieredRead read) {
    served(cursor);
    boolean moved = read.nextOffset() > cursor.next();
    cursor.read(read, context.streams().fetchTurnBytes());
    if (moved || read.caughtUp()) {
      cursor
          .answers(
              read,
              context.streams().fetchResponseBytes(),
              batches -> context.reader().sent(read.tier(), batches))
          .forEach(answer -> outbox.add(cursor, answer));
    }
    if (cursor.atStop()) {
      cursor.phase(Phase.DONE);
    } else if (read.caughtUp()) {
      await(cursor);
    } else {
      advance(cursor);
    }
  }

  private void afterFailure(FetchCursor cursor, Throwable failure) {
    if (cursor.fromEarliest() && ErrorStatuses.kindOf(failure) == ErrorKind.OUT_OF_RANGE) {
      // The log start moved on before the first read: earliest is there now.
      locate(cursor, StartPosition.getDefaultInstance());
    } else {
      fail(cursor, failure);
    }
  }

  private void await(FetchCursor cursor) {
    CompletableFuture<Long> more = context.hot().awaitBeyond(cursor.id(), cursor.next());
    cursor.await(more);
    whenDone(
        cursor,
        more.thenApply(end -> context.time().nanoTime()),
        moved -> {
          cursor.woken(outbox.isFlowing() ? OptionalLong.of(moved) : OptionalLong.empty());
          advance(cursor);
        });
  }

  private <T> void whenDone(FetchCursor cursor, CompletableFuture<T> future, Consumer<T> then) {
    int generation = cursor.generation();
    var unused =
        future.whenComplete(
            (value, failure) ->
                step(
                    () -> {
                      if (generation != cursor.generation()) {
                        return;
                      }
                      if (failure != null) {
                        fail(cursor, failure);
                      } else {
                        orFail(cursor, () -> then.accept(value));
                      }
                    }));
  }

  // ---- What is said beside records ----

  private void fail(FetchCursor cursor, Throwable failure) {
    turns.remove(cursor);
    cursor.interrupt(Phase.FAILED);
    outbox.add(cursor, news.failure(cursor, failure));
  }

  private void heartbeat() {
    if (!outbox.isFlowing()) {
      return;
    }
    for (FetchCursor cursor : cursors.all()) {
      if (cursor.phase() == Phase.AWAITING && cursor.silent()) {
        orFail(cursor, () -> outbox.add(cursor, news.heartbeat(cursor)));
      }
    }
  }
}
