/**
 * The words every module shares, and the ports between them. JDK only.
 *
 * <p>Start with {@link io.thermocline.model.RecordBatch} (the unit of wire, disk and
 * acknowledgement), {@link io.thermocline.model.ReadResult} (what a tier answers) and the two tiers
 * as ports: {@link io.thermocline.model.HotTier} and {@link io.thermocline.model.ColdTier}. Ranges
 * are half-open {@code [from, to)} everywhere, and nothing is null unless it says so.
 */
package io.thermocline.model;
