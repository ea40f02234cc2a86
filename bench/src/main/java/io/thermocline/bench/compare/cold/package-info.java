/**
 * The cases of the colder tier: replays, single records from anywhere in it, tails beside a replay,
 * and what it costs to get there.
 */
package io.thermocline.bench.compare.cold;
