/**
 * The journal: one file, forced once, in place of many files that got little each. Knows bytes and
 * their places, not logs. Start with {@link io.thermocline.hot.journal.Journal}; what it looks like
 * on disk is {@code Frame}, what a start reads is {@link io.thermocline.hot.journal.JournalReplay}.
 */
package io.thermocline.hot.journal;
