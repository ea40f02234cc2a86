package io.thermocline.bench.compare;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs cases in rounds, the two sides in turns. The side that begins changes with every round, what
 * the one wrote is on disk before the other begins, and a round whose disk is unlike the others'
 * begins again.
 */
final class Comparison {
  private static final double PROBE_TOLERANCE = 0.2;
  private static final int MAX_REPEATS = 3;

  private final Arena ours;
  private final Arena peer;
  private final Disk disk;
  private final PrintWriter progress;

  Comparison(Arena ours, Arena peer, Disk disk, PrintWriter progress) {
    this.ours = ours;
    this.peer = peer;
    this.disk = disk;
    this.progress = progress;
  }

  /** Medians of one case, in the order the case gives its figures. */
  List<Result> run(Case one) throws Exception {
    progress.printf(Locale.ROOT, "%s: %s%n", one.name(), one.description());
    try {
      one.prepare(ours);
      one.prepare(peer);
      return rounds(one);
    } finally {
      one.cleanUp(ours);
      one.cleanUp(peer);
    }
  }

  private List<Result> rounds(Case one) throws Exception {
    Samples samples = new Samples();
    List<Double> probes = new ArrayList<>();
    int repeatsLeft = MAX_REPEATS;
    int rounds = ours.scale().rounds();
    for (int round = 1; round <= rounds; ) {
      disk.settle();
      double probe = disk.probe();
      progress.printf(Locale.ROOT, "  round %d, disk probe %.0f MB/s", round, probe);
      probes.add(probe);
      double usual = Samples.median(probes);
      if (Math.abs(probe - usual) > PROBE_TOLERANCE * usual && repeatsLeft > 0) {
        // Before the turns rather than after them: what they would give is not wanted.
        repeatsLeft--;
        progress.println(": off the usual by more than a fifth, begun again");
        continue;
      }
      disk.settle();
      Map<String, Pair> figures = turns(one, round % 2 == 1);
      report(figures);
      samples.add(figures, probe);
      round++;
    }
    return samples.medians();
  }

  /** Both turns of a round: figures by name, ours first. */
  private Map<String, Pair> turns(Case one, boolean oursFirst) throws Exception {
    List<Figure> first = one.measure(oursFirst ? ours : peer);
    disk.settle();
    List<Figure> second = one.measure(oursFirst ? peer : ours);
    Map<String, Figure> peers =
        (oursFirst ? second : first)
            .stream().collect(Collectors.toMap(Figure::name, Function.identity()));
    Map<String, Pair> pairs = new LinkedHashMap<>();
    for (Figure figure : oursFirst ? first : second) {
      pairs.put(figure.name(), new Pair(figure, Optional.ofNullable(peers.remove(figure.name()))));
    }
    if (!peers.isEmpty()) {
      throw new IllegalStateException(
          "Case " + one.name() + " has figures of the peer alone: " + peers.keySet());
    }
    return pairs;
  }

  private void report(Map<String, Pair> figures) {
    figures.forEach(
        (name, pair) ->
            progress.printf(
                Locale.ROOT,
                "; %s %.4g : %s %s",
                name,
                pair.ours().value(),
                pair.peer()
                    .map(other -> String.format(Locale.ROOT, "%.4g", other.value()))
                    .orElse("-"),
                pair.ours().unit().symbol()));
    progress.println();
    progress.flush();
  }
}
