package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.tiering.PartitionPlan.FilePlan;
import io.thermocline.tiering.policy.TopicPolicy;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of every plan, whatever the state of the tiers. */
class PlannerInvariantsTest {
  private static final int NOW = 10_000;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void everyPlanKeepsWhatMustBeKept(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      TopicPolicy policy = policy(random);
      World.Partition[] partitions = new World.Partition[1 + random.nextInt(3)];
      for (int p = 0; p < partitions.length; p++) {
        partitions[p] = partition(random, p);
      }
      TopicView topic = World.topic(partitions);
      Occasion occasion =
          World.at(NOW, random.nextInt(4) == 0, random.nextInt(4) == 0, random.nextInt(4) == 0);
      List<PartitionPlan> plans = Planner.plan(topic, policy, occasion);
      assertThat(plans).isEqualTo(Planner.plan(topic, policy, occasion));
      assertThat(plans).hasSameSizeAs(topic.partitions());
      for (int p = 0; p < partitions.length; p++) {
        check(topic.partitions().get(p), plans.get(p), policy);
      }
    }
  }

  private static void check(PartitionView view, PartitionPlan plan, TopicPolicy policy) {
    assertThat(plan.id()).isEqualTo(view.id());
    if (plan.problem().isPresent()) {
      assertThat(plan.isEmpty()).isTrue();
      return;
    }
    long next = Math.max(view.untieredFrom(), plan.expiry().map(e -> e.logStart()).orElse(0L));
    for (FilePlan file : plan.files()) {
      assertThat(policy.tiering().enabled()).isTrue();
      assertThat(file.range().from()).isEqualTo(next);
      assertThat(file.range().isEmpty()).isFalse();
      next = file.range().to();
      assertThat(next).isLessThanOrEqualTo(view.hot().stableEnd());
    }
    plan.trim()
        .ifPresent(
            trim -> {
              assertThat(trim.upTo()).isLessThanOrEqualTo(view.cold().tieredTo());
              assertThat(edges(view)).contains(trim.upTo());
              assertThat(trim.bytes()).isBetween(0L, view.hot().bytes());
            });
    plan.expiry()
        .ifPresent(
            expiry -> {
              assertThat(expiry.range().from()).isEqualTo(view.logStart());
              assertThat(expiry.range().isEmpty()).isFalse();
              assertThat(expiry.logStart()).isLessThanOrEqualTo(view.hot().stableEnd());
              assertThat(Math.max(openFrom(view), view.cold().tieredTo()))
                  .isGreaterThanOrEqualTo(expiry.logStart());
              assertThat(expiry.untiered().to()).isEqualTo(expiry.logStart());
              assertThat(expiry.untieredBytes()).isLessThanOrEqualTo(expiry.bytes());
              assertThat(
                      policy.retention().age().isPresent()
                          || policy.retention().maxBytes().isPresent())
                  .isTrue();
            });
  }

  private static List<Long> edges(PartitionView view) {
    return view.spans().stream().map(span -> span.range().to()).toList();
  }

  private static long openFrom(PartitionView view) {
    return view.spans().stream()
        .filter(span -> !span.sealed())
        .mapToLong(span -> span.range().from())
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private static TopicPolicy policy(Random random) {
    String retention =
        switch (random.nextInt(4)) {
          case 0 -> "retention: { age: 4d }";
          case 1 -> "retention: { maxBytes: 2KiB }";
          case 2 -> "retention: { age: 4d, maxBytes: 3KiB }";
          default -> "";
        };
    if (random.nextInt(4) == 0) {
      return Policies.of("segment: { age: 10m }", retention);
    }
    String hot =
        switch (random.nextInt(3)) {
          case 0 -> "hot: { retain: 1d }";
          case 1 -> "hot: { retain: unlimited, maxBytes: 2KiB }";
          default -> "hot: { retain: 0s }";
        };
    String target = random.nextBoolean() ? "64KiB" : "1MiB";
    return Policies.of(
        "tiering: { maxLag: " + (1 + random.nextInt(90)) + "h, targetFileBytes: " + target + " }",
        hot,
        retention);
  }

  private static World.Partition partition(Random random, int number) {
    World.Partition partition = World.partition(number);
    long offset = 0;
    int minute = 0;
    long coldUpTo = 0;
    for (int i = random.nextInt(5); i > 0; i--) {
      long to = offset + 1 + random.nextInt(20);
      minute += random.nextInt(2_000);
      partition.cold(offset, to, random.nextInt(1_000), oddly(random, minute));
      offset = to;
      coldUpTo = to;
    }
    long hotFrom = coldUpTo == 0 ? 0 : random.nextLong(coldUpTo + 1);
    if (random.nextInt(30) == 0) {
      hotFrom = coldUpTo + random.nextInt(5);
    }
    long hot = hotFrom;
    int spans = random.nextInt(6);
    for (int i = 0; i < spans; i++) {
      long to = hot + 1 + random.nextInt(20);
      int first = oddly(random, minute);
      minute += random.nextInt(2_000);
      long bytes = random.nextInt(100_000);
      if (i + 1 == spans && random.nextBoolean()) {
        partition.open(hot, to, bytes, first, minute);
      } else {
        partition.hot(hot, to, bytes, first, oddly(random, minute));
      }
      hot = to;
    }
    if (random.nextInt(10) == 0) {
      partition.degraded("odd");
    }
    return partition;
  }

  private static int oddly(Random random, int minute) {
    return random.nextInt(10) == 0 ? minute + random.nextInt(-50_000, 50_000) : minute;
  }
}
