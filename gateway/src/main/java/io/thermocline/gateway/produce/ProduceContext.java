package io.thermocline.gateway.produce;

import io.thermocline.gateway.stream.ByteBudget;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.stream.StreamMetrics;
import io.thermocline.gateway.stream.StreamSettings;
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
public record ProduceContext(
    TopicRegistry topics,
    HotTier hot,
    Executor calls,
    StreamSettings streams,
    ByteBudget budget,
    StreamMetrics metrics,
    OpenStreams open) {}
