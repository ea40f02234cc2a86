package io.thermocline.gateway.fetch;

import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.stream.ByteBudget;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.stream.StreamMetrics;
import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicRegistry;
import java.util.concurrent.Executor;

/**
 * What every fetch stream works with.
 *
 * @param calls the pool the streams' steps run on
 * @param budget what they may hold in memory together
 * @param time wakes them at the heartbeat's pace, and when they have rested
 * @param pace makes replays rest for the sake of tails
 * @param open where they stand while they are open
 */
public record FetchContext(
    TopicRegistry topics,
    HotTier hot,
    TieredReader reader,
    Executor calls,
    StreamSettings streams,
    ByteBudget budget,
    StreamTime time,
    ReplayPace pace,
    StreamMetrics metrics,
    OpenStreams open) {}
