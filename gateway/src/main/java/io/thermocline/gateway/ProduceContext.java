package io.thermocline.gateway;

import io.thermocline.model.HotTier;
import io.thermocline.model.TopicRegistry;
import java.util.concurrent.Executor;

/**
 * What every produce stream works with.
 *
 * @param calls the threads for what takes long
 * @param budget what all of them may have unanswered together
 * @param open where they stand while they are open
 */
record ProduceContext(
    TopicRegistry topics,
    HotTier hot,
    Executor calls,
    GatewaySettings.Streams streams,
    ByteBudget budget,
    StreamMetrics metrics,
    OpenStreams open) {}
