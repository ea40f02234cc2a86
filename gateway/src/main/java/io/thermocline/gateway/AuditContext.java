package io.thermocline.gateway;

import io.thermocline.gateway.audit.SystemAudit;
import io.thermocline.gateway.stream.OpenStreams;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * What Verify calls need.
 *
 * @param thread runs them
 * @param place one: there is one audit at a time
 * @param maxBytesPerSecond that an audit reads of both tiers together
 * @param open told of calls that are to end when the server does
 */
record AuditContext(
    SystemAudit audit,
    Executor thread,
    Semaphore place,
    long maxBytesPerSecond,
    OpenStreams open) {}
