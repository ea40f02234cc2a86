/**
 * The audit of a system that runs: {@link io.thermocline.gateway.audit.SystemAudit} reads both
 * tiers through their ports while they are written to, tiered, trimmed and expired.
 */
package io.thermocline.gateway.audit;
