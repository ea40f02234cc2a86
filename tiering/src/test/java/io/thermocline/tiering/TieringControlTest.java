package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import io.thermocline.tiering.Tiering.PartitionRun;
import io.thermocline.tiering.Tiering.PartitionStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TieringControlTest {
  private static final String NEVER = Policies.document("tiering: { maxLag: 30d }");

  @TempDir Path directory;
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryHotTier hot = new MemoryHotTier(topics, clock);
  private final MemoryColdTier cold = new MemoryColdTier();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private TieringControl control;

  @BeforeEach
  void start() {
    control = open(NEVER);
  }

  @AfterEach
  void stop() {
    control.close();
  }

  private TieringControl open(String policies) {
    TieringSettings settings =
        new TieringSettings(
            directory,
            policies,
            Duration.ofMillis(5),
            Duration.ofMillis(5),
            Duration.ofMinutes(10),
            TieringSettings.UNLIMITED,
            2,
            1 << 30,
            Duration.ofDays(36_500),
            Duration.ofSeconds(30));
    return TieringControl.open(settings, hot, topics, cold, clock, () -> false, meters);
  }

  private void append(TopicPartition id, int records) {
    List<StoredRecord> batch = Records.plain(hot.state(id).end(), records);
    Await.result(hot.append(id, TestBatches.content(batch.toArray(new StoredRecord[0]))));
  }

  private Topic topicWithRecords() {
    Topic topic = topics.create("orders", 2);
    append(topic.partition(0), 10);
    return topic;
  }

  private void apply(String... lines) {
    assertThat(control.apply(Policies.document(lines))).isNotNull();
  }

  @Test
  void tiersByItselfWhatThePolicySays() {
    Topic topic = topicWithRecords();
    apply("tiering: { maxLag: 1s }", "hot: { retain: 0s }");
    clock.advance(Duration.ofSeconds(2));
    Await.until("tiered and trimmed", () -> hot.state(topic.partition(0)).hotStart() == 10);
    assertThat(cold.topic(topic.id()).orElseThrow().partition(0).tieredTo()).isEqualTo(10);
    assertThat(meters.counter("thermocline.tiering.records").count()).isEqualTo(10);
  }

  @Test
  void tellsHowPartitionsStand() {
    Topic topic = topicWithRecords();
    clock.advance(Duration.ofSeconds(7));
    PartitionStatus status = control.status(Optional.of(topic.id())).get(0);
    assertThat(status.enabled()).isTrue();
    assertThat(status.lagBytes()).isPositive();
    assertThat(status.lag()).contains(Duration.ofSeconds(7));
    assertThat(status.end()).isEqualTo(10);
    assertThat(status.problem()).isEmpty();
    assertThat(control.status(Optional.empty())).hasSize(2);
  }

  @Test
  void runsNowWhileTheRunnerRuns() {
    Topic topic = topicWithRecords();
    for (int i = 1; i <= 20; i++) {
      append(topic.partition(1), 3);
      List<PartitionRun> runs = control.runNow(Optional.empty(), i % 2 == 0);
      assertThat(runs).hasSize(2).allSatisfy(run -> assertThat(run.problem()).isEmpty());
      assertThat(cold.topic(topic.id()).orElseThrow().partition(1).tieredTo()).isEqualTo(3L * i);
    }
    assertThat(hot.state(topic.partition(1)).hotStart()).isEqualTo(60);
  }

  @Test
  void refusesToRunWhatNoPolicyTiers() {
    Topic topic = topicWithRecords();
    apply("retention: { age: 7d }");
    assertThat(control.runNow(Optional.empty(), true)).isEmpty();
    assertThatThrownBy(() -> control.runNow(Optional.of(topic.id()), true))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION));
  }

  @Test
  void policiesAreCheckedPlannedAndAppliedDurably() {
    Topic topic = topicWithRecords();
    Await.result(hot.seal(topic.partition(0)));
    assertThat(control.policies()).isEqualTo(NEVER);
    assertThat(control.validate(NEVER)).isEmpty();
    String next = Policies.document("tiering: { maxLag: 1h }", "retention: { maxBytes: 1TiB }");
    clock.advance(Duration.ofHours(2));
    PolicyPlan plan = control.plan(Optional.of(next));
    assertThat(plan.actions())
        .extracting(PolicyPlan.Action::kind, PolicyPlan.Action::range, PolicyPlan.Action::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                PolicyPlan.Kind.TIER, new OffsetRange(0, 10), "tiering.maxLag 1h"));
    assertThat(plan.effective().get(0).settings())
        .contains(new PolicyPlan.Setting("retention.maxBytes", "1TiB", "line 6"));
    assertThat(control.policies()).as("a plan changes nothing").isEqualTo(NEVER);
    assertThat(control.plan(Optional.empty()).actions()).isEmpty();
    assertThat(control.apply(next).actions()).isEqualTo(plan.actions());
    control.close();
    control = open(NEVER);
    assertThat(control.policies()).isEqualTo(next);
  }

  @Test
  void aPlanNamesWhatItWouldDeleteThatWasNeverTiered() {
    Topic topic = topicWithRecords();
    Await.result(hot.seal(topic.partition(0)));
    assertThat(control.runNow(Optional.empty(), false)).hasSize(2);
    append(topic.partition(0), 10);
    Await.result(hot.seal(topic.partition(0)));
    clock.advance(Duration.ofHours(2));
    PolicyPlan plan =
        control.plan(
            Optional.of(Policies.document("tiering: { maxLag: 1m }", "retention: { age: 1h }")));
    assertThat(plan.actions())
        .extracting(PolicyPlan.Action::kind, PolicyPlan.Action::range, PolicyPlan.Action::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                PolicyPlan.Kind.DELETE, new OffsetRange(0, 10), "retention.age 1h"),
            org.assertj.core.groups.Tuple.tuple(
                PolicyPlan.Kind.DELETE, new OffsetRange(10, 20), "retention.age 1h, never tiered"));
    assertThat(plan.actions()).allSatisfy(action -> assertThat(action.bytes()).isPositive());
  }

  @Test
  void badPoliciesChangeNothingAndNameEveryProblem() {
    String bad = Policies.document("retention: { age: 7 }", "segmnt: { bytes: 1MiB }");
    assertThat(control.validate(bad)).extracting(PolicyProblem::line).containsExactly(5, 6);
    assertThatThrownBy(() -> control.apply(bad))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.INVALID);
              assertThat(e.violations())
                  .extracting(ThermoclineException.Violation::field)
                  .containsExactly("policies[0].retention.age", "policies[0].segmnt");
            });
    assertThat(control.policies()).isEqualTo(NEVER);
  }

  @Test
  void newTopicsGetTheirSegmentLimits() {
    apply("segment: { bytes: 64KiB, age: 1h }");
    Topic topic = topicWithRecords();
    Await.until(
        "sealed by age",
        () -> {
          clock.advance(Duration.ofHours(1));
          return hot.spans(topic.partition(0)).get(0).sealed();
        });
  }

  @Test
  void deletesATopicAndResumesAtStart() {
    Topic topic = topicWithRecords();
    assertThat(control.runNow(Optional.empty(), false)).hasSize(2);
    control.deleteTopic(topic.id(), true);
    assertThat(topics.find("orders")).isEmpty();
    assertThat(cold.topic(topic.id())).isEmpty();
    control.close();
    Topic other = topics.create("other", 1);
    assertThat(topics.beginDelete(other.id(), false)).isNotNull();
    control = open(NEVER);
    Await.until("resumed", () -> topics.deletions().isEmpty());
  }

  @Test
  void badInitialPoliciesAreRefusedAtStart() {
    assertThatThrownBy(() -> open("kind: Nothing"))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
  }
}
