package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Case;
import io.thermocline.bench.compare.Values;
import java.util.List;

/** Every case of the colder tier, in the order they run. */
public final class ColdCases {
  private static final int KIB = 1024;

  private ColdCases() {}

  /** All of them. */
  public static List<Case> all() {
    return List.of(
        new ColdFetchCase("replay-1k", home -> Values.ofSize(KIB), ColdStore.DIRECTORY),
        new ColdFetchCase("replay-earthquakes", Values::earthquakes, ColdStore.DIRECTORY),
        new ColdFetchCase("replay-1k-s3", home -> Values.ofSize(KIB), ColdStore.S3),
        new ColdFetchCase("replay-earthquakes-s3", Values::earthquakes, ColdStore.S3),
        new RandomReadCase("cold-random", ColdStore.DIRECTORY),
        new RandomReadCase("cold-random-s3", ColdStore.SLOW_S3),
        new FourReplaysCase("replay-four"),
        new ColdTailCase("tail-cold"),
        new TieringCase("tiering-1k", KIB),
        new TieringCase("tiering-100", 100),
        new ProduceWhileTieringCase("produce-while-tiering"),
        new FlatLagCase("flat-lag", home -> Values.ofSize(KIB)),
        new FlatLagCase("flat-lag-earthquakes", Values::earthquakes),
        new ColdBytesCase("cold-bytes"));
  }
}
