package io.thermocline.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final List<String> turns = new ArrayList<>();
  private final StringWriter progress = new StringWriter();

  @Test
  void theSideThatBeginsChangesWithEachRound() throws Exception {
    List<Result> unused = run(2, 300.0, 300.0);

    assertThat(turns).containsExactly("ours", "peer", "peer", "ours");
  }

  @Test
  void aRoundWhoseDiskIsUnlikeTheOthersBeginsAgain() throws Exception {
    List<Result> results = run(3, 300.0, 310.0, 100.0, 290.0);

    assertThat(turns).hasSize(6);
    assertThat(results)
        .containsExactly(new Result("turns", 4, OptionalDouble.of(3), Unit.SECONDS, 300));
    assertThat(progress.toString()).contains("disk probe 100 MB/s").contains("begun again");
  }

  @Test
  void aDiskThatNeverSettlesEndsTheRepeatsAfterThree() throws Exception {
    List<Result> results = run(2, 300.0, 900.0, 100.0, 900.0, 100.0);

    assertThat(turns).hasSize(4);
    assertThat(results).hasSize(1);
  }

  @Test
  void aFirstRoundThatTurnsOutToBeUnlikeTheOthersBeginsAgain() throws Exception {
    // The second probe is off too, as far as anybody can tell by then.
    List<Result> results = run(3, 100.0, 300.0, 310.0, 290.0, 305.0);

    assertThat(turns).hasSize(8).endsWith("ours", "peer");
    assertThat(results)
        .containsExactly(new Result("turns", 5, OptionalDouble.of(6), Unit.SECONDS, 305));
    assertThat(progress.toString()).contains("round 1 was off the usual after all, begun again");
  }

  @Test
  void whatIsProducedIsSetBesideTheDiskOfItsRound() throws Exception {
    List<Result> unused = run(new Produces(), 1, 400.0);

    assertThat(progress.toString()).contains("produces 100.0 : 50.00 MB/s, ours / probe 0.25");
  }

  @Test
  void whatThePeerDoesNotHaveStandsAlone() throws Exception {
    List<Result> results = run(new OursAlone(), 1, 300.0);

    assertThat(results)
        .containsExactly(
            new Result("both", 1, OptionalDouble.of(1), Unit.SECONDS, 300),
            new Result("alone", 7, OptionalDouble.empty(), Unit.REQUESTS, 300));
    assertThat(results.get(1).ratio()).isEmpty();
    assertThat(progress.toString()).contains("alone 7.000 : - requests");
  }

  private List<Result> run(int rounds, Double... probes) throws Exception {
    return run(new CountedTurns(), rounds, probes);
  }

  private List<Result> run(Case one, int rounds, Double... probes) throws Exception {
    Scale scale = Scale.quick(1).withRounds(rounds);
    Comparison comparison =
        new Comparison(
            new Arena(new NoServer("ours"), null, Path.of("."), Path.of("."), scale, true),
            new Arena(new NoServer("peer"), null, Path.of("."), Path.of("."), scale, false),
            new ScriptedDisk(new ArrayDeque<>(List.of(probes))),
            new PrintWriter(progress));
    return comparison.run(one);
  }

  /** Its figure is the number of the turn. */
  private final class CountedTurns implements Case {
    @Override
    public String name() {
      return "turns";
    }

    @Override
    public String description() {
      return "counts its turns";
    }

    @Override
    public List<Figure> measure(Arena arena) {
      turns.add(arena.contender().name());
      return List.of(new Figure("turns", turns.size(), Unit.SECONDS));
    }
  }

  /** Has a figure that the peer has not. */
  private record OursAlone() implements Case {
    @Override
    public String name() {
      return "alone";
    }

    @Override
    public String description() {
      return "has more than the peer";
    }

    @Override
    public List<Figure> measure(Arena arena) {
      Figure both = new Figure("both", 1, Unit.SECONDS);
      Figure alone = new Figure("alone", 7, Unit.REQUESTS);
      return arena.isOurs() ? List.of(both, alone) : List.of(both);
    }
  }

  private record Produces() implements Case {
    @Override
    public String name() {
      return "produces";
    }

    @Override
    public String description() {
      return "is bound by the disk";
    }

    @Override
    public boolean writesToDisk() {
      return true;
    }

    @Override
    public List<Figure> measure(Arena arena) {
      return List.of(new Figure("produces", arena.isOurs() ? 100 : 50, Unit.MEGABYTES_PER_SECOND));
    }
  }

  private record ScriptedDisk(Deque<Double> probes) implements Disk {
    @Override
    public void settle() {}

    @Override
    public double probe() {
      return probes.remove();
    }
  }

  private record NoServer(String name) implements Contender {
    @Override
    public Broker start(Path directory, Map<String, String> settings) {
      throw new UnsupportedOperationException("The cases of this test need none");
    }
  }
}
