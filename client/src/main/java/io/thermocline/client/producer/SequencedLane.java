package io.thermocline.client.producer;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.proto.v1.ProduceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The lane of an idempotent producer. Each batch has a number in a sequence of the partition, and
 * keeps it however often it is sent: the server stores it once, behind the one before it, and
 * answers every repeat with its place. So what was lost is sent again, in order, until it is known.
 *
 * <p>Numbers that were sent are never given to other batches: an old copy may still be under way.
 * When a batch is given up, those after it begin at 0 in a new epoch, which also ends the old one
 * at the server.
 *
 * <p>Invariant: no batch is stored unless all before it in its epoch are. So when a batch surely is
 * not stored, neither are those behind it, whatever became of their answers.
 */
final class SequencedLane extends Lane {
  /** Answers that leave it open whether the batch was stored. */
  private static final Set<ErrorKind> UNKNOWN =
      EnumSet.of(ErrorKind.OUTCOME_UNKNOWN, ErrorKind.INTERNAL);

  private final IdentitySource identities;

  /** Null until there is something to send. */
  private ProducerIdentity identity;

  private short epoch;
  private int nextSequence;

  SequencedLane(
      PartitionName partition,
      long nowNanos,
      Duration deliveryTimeout,
      BiConsumer<ProducerBatch, ClientException> failures,
      IdentitySource identities) {
    super(partition, nowNanos, deliveryTimeout, failures);
    this.identities = identities;
  }

  /** After a refusal one batch tries it first: those behind it would be refused with it. */
  @Override
  boolean maySend(long nowNanos, int maxInFlight) {
    if (identity == null) {
      identity = identities.current();
    }
    return identity != null
        && super.maySend(
            nowNanos, hasPaused() ? 1 : Math.min(maxInFlight, identity.windowBatches()));
  }

  @Override
  void mark(ProducerBatch batch, ProduceRequest.Builder request) {
    if (batch.sequence() == null) {
      ProducerSequence sequence = new ProducerSequence(identity.producerId(), epoch, nextSequence);
      batch.setSequence(sequence);
      nextSequence = sequence.nextSequence(batch.content().lastOffsetDelta());
    }
    request
        .getSequenceBuilder()
        .setProducerId(batch.sequence().producerId())
        .setEpoch(batch.sequence().epoch())
        .setBaseSequence(batch.sequence().baseSequence());
  }

  @Override
  void note(Refusal refusal, long nowNanos) {
    if (UNKNOWN.contains(refusal.why().kind()) && !isForgotten(refusal.why())) {
      refusal.batch().sentIntoTheDark();
    }
    keep(refusal);
  }

  /** The first of them decides: the others were refused because of it, or will be again. */
  @Override
  void settle(List<Refusal> inOrder, long nowNanos) {
    if (inOrder.isEmpty()) {
      return;
    }
    requeue(inOrder.stream().map(Refusal::batch).toList());
    ProducerBatch first = inOrder.get(0).batch();
    Failure why = inOrder.get(0).why();
    if (isForgotten(why) || why.kind() == ErrorKind.OUT_OF_SEQUENCE) {
      settleForgotten(first, why);
    } else if (UNKNOWN.contains(why.kind())) {
      if (first.countUnknownAnswer() > 1) {
        giveUp(why, true);
      } else {
        pause(nowNanos, why);
      }
    } else if (why.retriable()) {
      if (isExpired(first, nowNanos)) {
        giveUp(why, false);
      } else {
        pause(nowNanos, why);
      }
    } else {
      giveUp(why, true);
    }
  }

  /** The server knows nothing of the batches before it, which were stored: it has forgotten us. */
  private void settleForgotten(ProducerBatch first, Failure why) {
    if (first.maybeStored()) {
      giveUp(why, false);
    } else if (first.sequence().baseSequence() == 0) {
      giveUp(why, true);
    } else {
      beginEpoch();
    }
  }

  @Override
  void streamClosed(Failure why) {
    List<ProducerBatch> again = new ArrayList<>(takeSent());
    again.forEach(ProducerBatch::sentIntoTheDark);
    takeRefused().forEach(refusal -> again.add(refusal.batch()));
    again.sort(Comparator.comparingLong(ProducerBatch::number));
    requeue(again);
  }

  @Override
  void expire(long nowNanos, Supplier<String> reason) {
    while (hasQueued() && isExpired(queue().peek(), nowNanos)) {
      ProducerBatch batch = queue().peek();
      if (batch.sequence() == null) {
        fail(queue().remove(), late("Not sent", reason).notApplied());
      } else {
        String what = batch.maybeStored() ? "Sent, and no answer came" : "Refused again and again";
        giveUp(late(what, reason), false);
      }
    }
  }

  @Override
  void failQueued(Failure why) {
    boolean numbersWereSent = hasQueued() && queue().peek().sequence() != null;
    while (hasQueued()) {
      ProducerBatch batch = queue().remove();
      fail(batch, batch.maybeStored() ? unknown(why) : why.notApplied());
    }
    if (numbersWereSent) {
      beginEpoch();
    }
  }

  @Override
  void identityRefused(Failure why) {
    if (identity == null) {
      failQueued(why);
    }
  }

  /**
   * Fails the first batch of the queue, which was sent, and those behind it that go with it: what
   * may be stored, unless the first surely is not; and after a lasting refusal all that were sent
   * behind it, so that nothing is stored past it before the program knows.
   */
  private void giveUp(Failure why, boolean lasting) {
    ProducerBatch first = queue().remove();
    boolean maybeStored = first.maybeStored() && !holdsForAllCopies(first, why);
    fail(first, maybeStored ? unknown(why) : why.notApplied());
    List<ProducerBatch> behind = new ArrayList<>();
    for (Iterator<ProducerBatch> all = queue().iterator(); all.hasNext(); ) {
      ProducerBatch batch = all.next();
      if (batch.sequence() != null && (lasting || (maybeStored && batch.maybeStored()))) {
        all.remove();
        behind.add(batch);
      }
    }
    for (ProducerBatch batch : behind) {
      fail(batch, maybeStored && batch.maybeStored() ? unknown(why) : behind(why));
    }
    beginEpoch();
  }

  /** What is left begins at 0 again. Only while nothing is out. */
  private void beginEpoch() {
    queue().forEach(ProducerBatch::forgetSending);
    nextSequence = 0;
    if (epoch < Short.MAX_VALUE) {
      epoch++;
    } else {
      identities.spent(identity);
      identity = null;
      epoch = 0;
    }
  }

  /** Nothing was stored by that call: it only says that it knows of no call before. */
  private static boolean isForgotten(Failure why) {
    return why.kind() == ErrorKind.OUTCOME_UNKNOWN
        && "forgotten".equals(why.details().get("producer"));
  }

  /**
   * Whether a refusal of one copy says that no other is stored, nor ever will be. A fence only
   * rises and offsets only grow, so what came too late once will again.
   */
  private static boolean holdsForAllCopies(ProducerBatch batch, Failure why) {
    return switch (why.kind()) {
      case INVALID, FENCED -> true;
      case CONFLICT -> why.nextOffset() > batch.expectedOffset().orElse(Long.MAX_VALUE);
      default -> false;
    };
  }

  private static OutcomeUnknownException unknown(Failure why) {
    return why.withMessage("It may be stored, or not: what was heard last is: " + why.message())
        .outcomeUnknown();
  }
}
