/**
 * What the warehouse itself says about its topics, in {@code _thermocline/}: all that is needed to
 * bring them back when the data directory is gone.
 */
package io.thermocline.cold.records;
