package io.thermocline.client.consumer;

import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Connections;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.Earliest;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.GrantCredit;
import io.thermocline.proto.v1.Latest;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.SeekPartition;
import io.thermocline.proto.v1.StartPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * One partition of a fetch stream: where it is, and what came and was not taken yet.
 *
 * <p>Two places are kept. {@code received} is where the server goes on, told by its last response:
 * a new stream begins there, so that nothing is fetched twice. {@code position} is the next offset
 * to hand out; it never lies past {@code received}.
 *
 * <p>Credit is counted by payload bytes: given once when the partition is added, and given again
 * for what was taken or thrown away. Not thread-safe: its session guards it.
 */
final class Subscription {
  private static final int GRANTS_IN_CREDIT = 4;
  private static final long UNKNOWN = -1;

  private final PartitionName name;
  private final boolean follow;
  private final Deque<FetchResponse> arrived = new ArrayDeque<>();

  /** One past the last offset wanted. Without follow, no later than the end first heard of. */
  private OptionalLong end;

  private boolean endFound;
  private Start start;
  private long positionId;
  private long received = UNKNOWN;
  private long position = UNKNOWN;
  private boolean inStream;
  private boolean inHand;
  private long inHandBytes;
  private boolean paused;
  private boolean serverDone;
  private boolean halted;
  private long logStart;
  private long logEnd;
  private boolean caughtUp;

  private long credit;
  private long arrivedBytes;
  private long toGrant;

  private int attempts;
  private long failingSinceNanos;
  private long retryAtNanos;
  private boolean retryDue;

  Subscription(PartitionName name, Start start, OptionalLong end, boolean follow, long positionId) {
    this.name = name;
    this.start = start;
    this.end = end;
    this.follow = follow;
    this.positionId = positionId;
    if (start instanceof Start.AtOffset at) {
      position = at.offset();
    }
  }

  PartitionName name() {
    return name;
  }

  boolean isPaused() {
    return paused;
  }

  void pause(boolean pause) {
    paused = pause;
  }

  boolean hasArrived() {
    return !arrived.isEmpty();
  }

  /** Whether nothing more is to be handed out. */
  boolean isDone() {
    return (serverDone || halted) && isEmptyHanded();
  }

  private boolean isEmptyHanded() {
    return arrived.isEmpty() && !inHand;
  }

  PartitionProgress progress() {
    return new PartitionProgress(
        position == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(position),
        logStart,
        logEnd,
        caughtUp && isEmptyHanded(),
        isDone());
  }

  /**
   * Which records of a response were asked for and not handed out yet: the server gives whole
   * batches.
   */
  Wanted wanted(FetchResponse response) {
    long to = end.orElse(Long.MAX_VALUE);
    if (position != UNKNOWN) {
      return new Wanted(position, to, OptionalLong.empty());
    }
    return start instanceof Start.AtTimestamp at
        ? new Wanted(0, to, OptionalLong.of(at.millis()))
        : new Wanted(
            start instanceof Start.Earliest ? response.getLogStart() : 0, to, OptionalLong.empty());
  }

  /**
   * Records below {@code next} were handed out, or are known not to exist. The place stays at the
   * end asked for: the last batch may go past it, and its records from there on were left out.
   */
  void handedOut(long next) {
    position = Math.max(position, Math.min(next, end.orElse(Long.MAX_VALUE)));
  }

  /** The stream it was in is over. */
  void streamClosed() {
    inStream = false;
  }

  /** The request that begins it on a new stream, where the old one stopped. */
  FetchRequest add() {
    inStream = true;
    toGrant = 0;
    AddPartition.Builder add =
        AddPartition.newBuilder()
            .setTopic(name.topic())
            .setPartition(name.partition())
            .setStart(here())
            .setFollow(follow)
            .setCreditBytes(Math.max(0, credit - arrivedBytes))
            .setPositionId(positionId)
            .setMaxResponseBytes(Connections.MAX_MESSAGE_BYTES);
    end.ifPresent(add::setEndOffset);
    return FetchRequest.newBuilder().setAdd(add).build();
  }

  /** Whether it has to be added to the stream there is. */
  boolean isMissing() {
    return !inStream && !serverDone && !retryDue && !halted;
  }

  boolean isInStream() {
    return inStream;
  }

  /**
   * Takes in what the server sent.
   *
   * @return false when it belongs to an older position, or comes after what could not be used, and
   *     was thrown away
   */
  boolean arrive(FetchResponse response) {
    long bytes = payloadBytes(response);
    if (response.getPositionId() != positionId || retryDue) {
      toGrant += bytes;
      return false;
    }
    if (position == UNKNOWN && start instanceof Start.Latest && response.getBatchesCount() > 0) {
      // That moves on: from here on it is known what was meant.
      position = response.getBatches(0).getBaseOffset();
    }
    if (!response.hasError()) {
      received = Math.max(received, response.getNextOffset());
      logStart = response.getLogStart();
      logEnd = response.getEnd();
      caughtUp = response.getCaughtUp();
      serverDone = response.getDone();
      findEnd();
      recover();
    }
    if (isHeartbeat(response)) {
      if (isEmptyHanded()) {
        handedOut(response.getNextOffset());
        return true;
      }
      if (!arrived.isEmpty() && isHeartbeat(arrived.peekLast())) {
        arrived.removeLast();
      }
    }
    arrived.add(response);
    arrivedBytes += bytes;
    return true;
  }

  /** Without follow, what the log's end was first is the end also over later streams. */
  private void findEnd() {
    if (!follow && !endFound) {
      endFound = true;
      end = OptionalLong.of(Math.min(logEnd, end.orElse(Long.MAX_VALUE)));
    }
  }

  /** The server can read it, so it has the whole time again to get over its next error. */
  private void recover() {
    if (attempts > 0 && arrived.stream().noneMatch(FetchResponse::hasError)) {
      attempts = 0;
    }
  }

  /** Whether it moves the place and brings nothing else. */
  private static boolean isHeartbeat(FetchResponse response) {
    return !response.hasError() && response.getBatchesCount() == 0 && response.getLostCount() == 0;
  }

  /** Takes the next response; {@link #release} gives its bytes back. */
  FetchResponse take() {
    FetchResponse response = arrived.remove();
    inHand = true;
    inHandBytes = payloadBytes(response);
    return response;
  }

  /** The response taken last is done with: the server may send as many bytes again. */
  void release() {
    inHand = false;
    arrivedBytes -= inHandBytes;
    toGrant += inHandBytes;
    inHandBytes = 0;
  }

  /**
   * Sets what the server may send ahead. Less than before is held back from later grants, more is
   * granted soon.
   */
  void share(long bytes) {
    toGrant += bytes - credit;
    credit = bytes;
  }

  /** The credit to send now: in few, large parts. Null while it is not worth a message. */
  FetchRequest grant() {
    if (!inStream || toGrant < Math.max(1, credit / GRANTS_IN_CREDIT)) {
      return null;
    }
    GrantCredit grant =
        GrantCredit.newBuilder()
            .setTopic(name.topic())
            .setPartition(name.partition())
            .setBytes(toGrant)
            .build();
    toGrant = 0;
    return FetchRequest.newBuilder().setCredit(grant).build();
  }

  /** Goes elsewhere: what came from the old place is thrown away. */
  void seek(Start where, long newPositionId) {
    start = where;
    position = where instanceof Start.AtOffset at ? at.offset() : UNKNOWN;
    moveTo(newPositionId);
  }

  /** Goes back to what was not handed out yet, after the server could not go on. */
  void again(long newPositionId) {
    if (position != UNKNOWN) {
      start = Start.offset(position);
    }
    moveTo(newPositionId);
  }

  /** A response could not be used: whatever comes after it is thrown away too. */
  void failed(long nowNanos, long pauseNanos) {
    if (attempts++ == 0) {
      failingSinceNanos = nowNanos;
    }
    retryAtNanos = nowNanos + pauseNanos;
    retryDue = true;
    throwAway();
  }

  /** It can't go on from here: it stands still until it is sought. */
  void halt() {
    halted = true;
  }

  int attempts() {
    return attempts;
  }

  long failingNanos(long nowNanos) {
    return attempts == 0 ? 0 : nowNanos - failingSinceNanos;
  }

  /** Nanoseconds until it is tried again; the largest long when no retry is due. */
  long nanosUntilRetry(long nowNanos) {
    return retryDue ? Math.max(0, retryAtNanos - nowNanos) : Long.MAX_VALUE;
  }

  private void moveTo(long newPositionId) {
    throwAway();
    positionId = newPositionId;
    received = UNKNOWN;
    serverDone = false;
    caughtUp = false;
    retryDue = false;
    halted = false;
  }

  /** What arrived, and what is in hand, is not wanted any more: the server may send as much. */
  private void throwAway() {
    toGrant += arrivedBytes;
    arrived.clear();
    arrivedBytes = 0;
    inHand = false;
    inHandBytes = 0;
  }

  /** The request that moves it to where it stands, on the stream it is in. */
  FetchRequest move() {
    SeekPartition seek =
        SeekPartition.newBuilder()
            .setTopic(name.topic())
            .setPartition(name.partition())
            .setStart(here())
            .setPositionId(positionId)
            .build();
    return FetchRequest.newBuilder().setSeek(seek).build();
  }

  private StartPosition here() {
    StartPosition.Builder here = StartPosition.newBuilder();
    if (received != UNKNOWN) {
      return here.setOffset(received).build();
    }
    if (start instanceof Start.AtOffset at) {
      return here.setOffset(at.offset()).build();
    }
    if (start instanceof Start.AtTimestamp at) {
      return here.setTimestamp(at.millis()).build();
    }
    if (start instanceof Start.Latest) {
      return here.setLatest(Latest.getDefaultInstance()).build();
    }
    return here.setEarliest(Earliest.getDefaultInstance()).build();
  }

  private static long payloadBytes(FetchResponse response) {
    long bytes = 0;
    for (RecordBatch batch : response.getBatchesList()) {
      bytes += batch.getPayload().size();
    }
    return bytes;
  }
}
