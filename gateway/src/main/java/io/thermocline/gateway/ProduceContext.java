package io.thermocline.gateway;

import io.thermocline.model.HotTier;
import io.thermocline.model.TopicRegistry;

/**
 * What every produce stream works with.
 *
 * @param budget what all of them may have unanswered together
 * @param open where they stand while they are open
 */
record ProduceContext(
    TopicRegistry topics,
    HotTier hot,
    GatewaySettings.Streams streams,
    ByteBudget budget,
    StreamMetrics metrics,
    OpenStreams open) {}
