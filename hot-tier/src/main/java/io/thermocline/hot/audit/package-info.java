/**
 * Looking at all that a stopped tier left: {@link io.thermocline.hot.audit.HotAudit} goes through a
 * data directory and judges it as a start would. Knows what the files are, not the tier: nobody in
 * here depends on it.
 */
package io.thermocline.hot.audit;
