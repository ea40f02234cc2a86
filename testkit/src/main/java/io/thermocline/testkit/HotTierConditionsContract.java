package io.thermocline.testkit;

/**
 * Everything a hot tier promises about {@link io.thermocline.model.AppendConditions}, when it says
 * that it can judge them.
 */
public interface HotTierConditionsContract
    extends HotTierSequenceContract, HotTierOffsetContract, HotTierFenceContract {}
