/** Reads that span the tiers, and how many of them are under way. */
package io.thermocline.gateway.read;
