package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.disk.DiskOp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each call that changes the disk fails once, whichever it is: what it was for is acknowledged and
 * durable, or an error, and never half there.
 *
 * <p>Every build takes some of the calls; {@code -Dfaults=all} takes each one, of {@code -Dseeds=N}
 * lives.
 */
class IoFaultTest {
  private static final boolean ALL = "all".equals(System.getProperty("faults"));
  private static final int SEEDS = Integer.getInteger("seeds", 1);

  /** A build takes the first calls one by one, then ever fewer. */
  private static int next(int n) {
    return ALL ? n + 1 : n + 1 + n / 4;
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskOp.class,
      names = {"LINK"},
      mode = EnumSource.Mode.EXCLUDE)
  void whicheverCallFailsNothingPromisedIsLostOrHalfThere(DiskOp kind) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      int n = 1;
      while (new PowerCutRun(seed).runFailing(kind, n)) {
        n = next(n);
      }
      assertThat(n).as("the first %s that did not come", kind).isGreaterThan(1);
    }
  }
}
