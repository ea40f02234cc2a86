package io.thermocline.tiering;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicRegistry;
import io.thermocline.tiering.PartitionPlan.Expiry;
import io.thermocline.tiering.PolicyPlan.Action;
import io.thermocline.tiering.PolicyPlan.Effective;
import io.thermocline.tiering.PolicyPlan.Kind;
import io.thermocline.tiering.PolicyPlan.Setting;
import io.thermocline.tiering.policy.PolicyDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what policies would do, as the planner sees it. Changes nothing. */
final class PolicyPlans {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyPlans.class);

  private final HotTier hot;
  private final TopicRegistry topics;
  private final ColdTier cold;

  PolicyPlans(HotTier hot, TopicRegistry topics, ColdTier cold) {
    this.hot = hot;
    this.topics = topics;
    this.cold = cold;
  }

  /**
   * What would be done now.
   *
   * @param evenIfColdIsAway go by what was last known of a table that can't be read
   */
  PolicyPlan of(PolicyDocument policies, Occasion occasion, boolean evenIfColdIsAway) {
    List<Action> actions = new ArrayList<>();
    List<Effective> effective = new ArrayList<>();
    for (Topic topic : topics.list()) {
      PolicyDocument.Effective settings = policies.effective(topic.name());
      effective.add(
          new Effective(
              topic.id(),
              settings.policyIndex(),
              settings.settings().stream()
                  .map(one -> new Setting(one.key().path(), one.value(), one.source()))
                  .toList()));
      try {
        TopicView view = TopicReader.read(hot, topic, table(topic, evenIfColdIsAway));
        for (PartitionPlan plan : Planner.plan(view, settings.policy(), occasion)) {
          add(actions, plan, settings.policy().tiering().enabled());
        }
      } catch (ThermoclineException e) {
        if (e.kind() != ErrorKind.NOT_FOUND) {
          throw e;
        }
        LOG.debug("deleted while it was planned topic={}", topic.name());
      }
    }
    return new PolicyPlan(actions, effective);
  }

  private Optional<ColdTopic> table(Topic topic, boolean evenIfColdIsAway) {
    try {
      return cold.topic(topic.id());
    } catch (ThermoclineException e) {
      if (!evenIfColdIsAway) {
        throw e;
      }
      LOG.warn("planned by what was last known topic={} kind={}", topic.name(), e.kind(), e);
      return cold.lastKnown(topic.id());
    }
  }

  private static void add(List<Action> actions, PartitionPlan plan, boolean tiered) {
    plan.files()
        .forEach(
            file ->
                actions.add(
                    new Action(
                        Kind.TIER, plan.id(), file.range(), file.hotBytes(), file.reason())));
    plan.trim()
        .ifPresent(
            trim ->
                actions.add(
                    new Action(Kind.TRIM, plan.id(), trim.range(), trim.bytes(), trim.reason())));
    plan.expiry().ifPresent(expiry -> addDeletion(actions, plan, expiry, tiered));
  }

  /** What was never tiered, though it should have been, is told by itself. */
  private static void addDeletion(
      List<Action> actions, PartitionPlan plan, Expiry expiry, boolean tiered) {
    boolean split = tiered && !expiry.untiered().isEmpty();
    OffsetRange first =
        split ? new OffsetRange(expiry.range().from(), expiry.untiered().from()) : expiry.range();
    if (!first.isEmpty()) {
      long bytes = split ? expiry.bytes() - expiry.untieredBytes() : expiry.bytes();
      actions.add(new Action(Kind.DELETE, plan.id(), first, bytes, expiry.reason()));
    }
    if (split) {
      actions.add(
          new Action(
              Kind.DELETE,
              plan.id(),
              expiry.untiered(),
              expiry.untieredBytes(),
              expiry.reason() + ", never tiered"));
    }
  }
}
