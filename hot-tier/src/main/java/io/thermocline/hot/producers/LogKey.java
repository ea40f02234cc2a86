package io.thermocline.hot.producers;

import java.util.UUID;

/** Which log notes are about. */
public record LogKey(UUID topic, int partition) {}
