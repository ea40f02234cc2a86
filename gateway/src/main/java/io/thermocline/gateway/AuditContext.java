package io.thermocline.gateway;

import io.thermocline.gateway.audit.SystemAudit;
import java.util.concurrent.Executor;

/**
 * What Verify calls need.
 *
 * @param thread runs one audit and refuses a second
 * @param maxBytesPerSecond that an audit reads of both tiers together
 * @param open told of calls that are to end when the server does
 */
record AuditContext(SystemAudit audit, Executor thread, long maxBytesPerSecond, OpenStreams open) {}
