package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link HotTierContract} about spans: sealing, rolling, trimming, the log start. */
public interface HotTierTrimContract extends HotTierSubject {

  @Test
  default void sealEndsTheSpanThatIsBeingWritten() {
    TopicPartition id = newPartition();
    long boundary = appendPlain(id, 3);
    assertThat(filledSpans(id)).hasSize(1).noneMatch(Span::sealed);

    Await.result(hot().seal(id));
    long end = appendPlain(id, 2);

    List<Span> spans = filledSpans(id);
    assertThat(spans).extracting(Span::sealed).containsExactly(true, false);
    assertThat(spans.get(0).range().from()).isZero();
    assertThat(spans.get(0).range().to()).isLessThanOrEqualTo(boundary);
    assertThat(spans.get(1).range().to()).isEqualTo(end);
  }

  @Test
  default void sealOfWhatIsEmptyChangesNothing() {
    TopicPartition id = newPartition();
    Await.result(hot().seal(id));
    assertThat(filledSpans(id)).isEmpty();
    long end = appendPlain(id, 3);

    Await.result(hot().seal(id));
    Await.result(hot().seal(id));

    assertThat(filledSpans(id)).hasSize(1);
    assertThat(hot().state(id).end()).isEqualTo(end);
    assertThat(readAll(id, 0, 1 << 20)).hasSize(3);
  }

  @Test
  default void spansTellWhenTheirFirstAndLastBatchCame() {
    TopicPartition id = newPartition();
    long first = clock().millis();
    appendPlain(id, 1);
    clock().advance(Duration.ofMinutes(3));
    long end = appendPlain(id, 1);

    Span span = filledSpans(id).get(0);

    assertThat(span.firstAppendTimeMillis()).isEqualTo(first);
    assertThat(span.lastAppendTimeMillis()).isEqualTo(first + 180_000);
    assertThat(span.range().to()).isEqualTo(end);
  }

  @Test
  default void aSpanIsSealedBeforeItWouldPassItsSize() {
    TopicPartition id = newPartition();
    hot().segmentLimits(id, new SegmentLimits(2_000, Duration.ofDays(1)));

    for (int i = 0; i < 30; i++) {
      appendPlain(id, 10);
    }

    List<Span> spans = filledSpans(id);
    assertThat(spans).hasSizeGreaterThan(2);
    assertThat(spans).allMatch(span -> span.bytes() <= 2_000);
    assertThat(spans.subList(0, spans.size() - 1)).allMatch(Span::sealed);
    assertThat(readAll(id, 0, 700)).hasSize(300);
  }

  @Test
  default void aBatchLargerThanTheSizeOfASpanGetsOneOfItsOwn() {
    TopicPartition id = newPartition();
    hot().segmentLimits(id, new SegmentLimits(100, Duration.ofDays(1)));

    appendPlain(id, 100);
    appendPlain(id, 100);

    assertThat(filledSpans(id)).hasSize(2);
    assertThat(readAll(id, 0, 1 << 20)).hasSize(200);
  }

  @Test
  default void aSpanIsSealedWhenItIsOldAlsoWithoutTraffic() {
    TopicPartition id = newPartition();
    hot().segmentLimits(id, new SegmentLimits(1 << 30, Duration.ofMinutes(10)));
    appendPlain(id, 1);
    clock().advance(Duration.ofMinutes(9));
    tick();
    assertThat(filledSpans(id)).noneMatch(Span::sealed);

    clock().advance(Duration.ofMinutes(1));

    Await.until(
        "the span is sealed by its age",
        () -> {
          tick();
          return filledSpans(id).stream().allMatch(Span::sealed);
        });
    long end = appendPlain(id, 1);
    assertThat(filledSpans(id)).hasSize(2);
    assertThat(hot().state(id).end()).isEqualTo(end);
  }

  @Test
  default void trimLetsGoOfWholeSpansOnly() {
    TopicPartition id = newPartition();
    long first = sealedSpan(id);
    long second = sealedSpan(id);
    long end = appendPlain(id, 10);

    assertThat(Await.result(hot().trim(id, first - 1))).isZero();
    assertThat(Await.result(hot().trim(id, second - 1))).isEqualTo(first);
    assertThat(hot().state(id).hotStart()).isEqualTo(first);
    assertThat(filledSpans(id)).hasSize(2);
    assertThat(Await.result(hot().read(id, first - 1, 100)))
        .isEqualTo(new ReadResult.BeforeStart(first));
    assertThat(readAll(id, first, 1 << 20)).hasSize(20);
    assertThat(Await.result(hot().trim(id, second))).isEqualTo(second);
    assertThat(hot().state(id).end()).isEqualTo(end);
    assertThat(hot().state(id).logStart()).isZero();
  }

  @Test
  default void trimNeverGoesBack() {
    TopicPartition id = newPartition();
    long first = sealedSpan(id);
    long second = sealedSpan(id);
    assertThat(Await.result(hot().trim(id, second))).isEqualTo(second);

    assertThat(Await.result(hot().trim(id, first))).isEqualTo(second);
    assertThat(Await.result(hot().trim(id, 0))).isEqualTo(second);
    assertThat(hot().state(id).hotStart()).isEqualTo(second);
  }

  @Test
  default void aSealedLogCanBeTrimmedToItsEndAndOffsetsGoOnFromThere() {
    TopicPartition id = newPartition();
    long end = sealedSpan(id);

    assertThat(Await.result(hot().trim(id, end))).isEqualTo(end);

    PartitionState state = hot().state(id);
    assertThat(state.hotStart()).isEqualTo(end);
    assertThat(state.end()).isEqualTo(end);
    assertThat(filledSpans(id)).isEmpty();
    assertThat(Await.result(hot().read(id, 0, 100))).isEqualTo(new ReadResult.BeforeStart(end));
    assertThat(Await.result(hot().read(id, end, 100))).isEqualTo(new ReadResult.AtEnd(end));
    List<StoredRecord> next = append(id, Records.plain(0, 3));
    assertThat(next.get(0).offset()).isGreaterThanOrEqualTo(end);
    assertThat(readAll(id, end, 1 << 20)).isEqualTo(next);
  }

  @Test
  default void trimFreesTheSpace() {
    TopicPartition id = newPartition();
    long boundary = sealedSpan(id);
    sealedSpan(id);
    long before = hot().state(id).bytes();

    assertThat(Await.result(hot().trim(id, boundary))).isEqualTo(boundary);

    assertThat(hot().state(id).bytes()).isLessThan(before);
  }

  @Test
  default void theLogStartMovesToAnyOffsetAndNothingBelowItIsRead() {
    TopicPartition id = newPartition();
    List<StoredRecord> stored = append(id, Records.plain(0, 10));

    assertThat(Await.result(hot().advanceLogStart(id, 4))).isEqualTo(4);

    PartitionState state = hot().state(id);
    assertThat(state.logStart()).isEqualTo(4);
    assertThat(state.hotStart()).isEqualTo(4);
    assertThat(Await.result(hot().read(id, 3, 100))).isEqualTo(new ReadResult.BeforeStart(4));
    assertThat(readAll(id, 4, 1 << 20)).isEqualTo(stored.subList(4, 10));
  }

  @Test
  default void theLogStartNeverGoesBack() {
    TopicPartition id = newPartition();
    appendPlain(id, 10);
    assertThat(Await.result(hot().advanceLogStart(id, 6))).isEqualTo(6);

    assertThat(Await.result(hot().advanceLogStart(id, 2))).isEqualTo(6);
    assertThat(hot().state(id).logStart()).isEqualTo(6);
  }

  @Test
  default void theLogStartPastTheEndIsOutOfRange() {
    TopicPartition id = newPartition();
    long end = appendPlain(id, 3);

    Await.fails(ErrorKind.OUT_OF_RANGE, () -> hot().advanceLogStart(id, end + 1));

    assertThat(hot().state(id).logStart()).isZero();
    assertThat(Await.result(hot().advanceLogStart(id, end))).isEqualTo(end);
    assertThat(Await.result(hot().read(id, end, 100))).isEqualTo(new ReadResult.AtEnd(end));
  }

  @Test
  default void theLogStartMayBeBelowTheHotStart() {
    TopicPartition id = newPartition();
    long boundary = sealedSpan(id);
    appendPlain(id, 3);
    assertThat(Await.result(hot().trim(id, boundary))).isEqualTo(boundary);

    assertThat(Await.result(hot().advanceLogStart(id, 2))).isEqualTo(2);

    assertThat(hot().state(id).logStart()).isEqualTo(2);
    assertThat(hot().state(id).hotStart()).isEqualTo(boundary);
  }

  @Test
  default void spansWhollyBelowTheLogStartGo() {
    TopicPartition id = newPartition();
    long first = sealedSpan(id);
    long second = sealedSpan(id);
    long end = appendPlain(id, 4);

    assertThat(Await.result(hot().advanceLogStart(id, second - 1))).isEqualTo(second - 1);

    List<Span> spans = filledSpans(id);
    assertThat(spans).hasSize(2);
    assertThat(spans.get(0).range().from()).isEqualTo(first);
    assertThat(hot().state(id).hotStart()).isEqualTo(second - 1);
    assertThat(hot().state(id).end()).isEqualTo(end);
  }

  @Test
  default void onePartitionsTrimLeavesTheOthersAlone() {
    TopicPartition trimmed = newPartition("trimmed");
    TopicPartition kept = newPartition("kept");
    long end = sealedSpan(trimmed);
    sealedSpan(kept);

    assertThat(Await.result(hot().trim(trimmed, end))).isEqualTo(end);

    assertThat(hot().state(kept).hotStart()).isZero();
    assertThat(readAll(kept, 0, 1 << 20)).hasSize(10);
  }

  /** Appends ten records, seals, and returns where the log ends. */
  private long sealedSpan(TopicPartition id) {
    long end = appendPlain(id, 10);
    Await.result(hot().seal(id));
    return end;
  }
}
