/**
 * What the YAML policies say: read strictly, by place, into records that cannot be wrong, and kept
 * durably. Start with {@link io.thermocline.tiering.policy.PolicyKey} (every setting there is) and
 * {@link io.thermocline.tiering.policy.PolicyParser}.
 */
package io.thermocline.tiering.policy;
