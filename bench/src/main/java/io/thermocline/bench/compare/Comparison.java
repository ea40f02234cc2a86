package io.thermocline.bench.compare;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

  /**
   * What a round gave.
   *
   * @param probe of the disk before it, megabytes a second
   */
  private record Round(double probe, Map<String, Pair> figures) {}

  private List<Result> rounds(Case one) throws Exception {
    SortedMap<Integer, Round> kept = new TreeMap<>();
    List<Double> probes = new ArrayList<>();
    int repeatsLeft = MAX_REPEATS;
    int rounds = ours.scale().rounds();
    while (kept.size() < rounds) {
      int number = firstMissing(kept);
      disk.settle();
      double probe = disk.probe();
      progress.printf(Locale.ROOT, "  round %d, disk probe %.0f MB/s", number, probe);
      probes.add(probe);
      if (isUnusual(probe, probes) && repeatsLeft > 0) {
        // Before the turns rather than after them: what they would give is not wanted.
        repeatsLeft--;
        progress.println(": off the usual by more than a fifth, begun again");
        continue;
      }
      disk.settle();
      kept.put(number, new Round(probe, turns(one, number % 2 == 1)));
      report(one, kept.get(number));
      if (kept.size() == rounds && repeatsLeft > 0 && dropUnusual(kept, probes)) {
        repeatsLeft--;
      }
    }
    Samples samples = new Samples();
    kept.values().forEach(round -> samples.add(round.figures(), round.probe()));
    return samples.medians();
  }

  private static int firstMissing(SortedMap<Integer, Round> kept) {
    int number = 1;
    while (kept.containsKey(number)) {
      number++;
    }
    return number;
  }

  private static boolean isUnusual(double probe, List<Double> probes) {
    double usual = Samples.median(probes);
    return Math.abs(probe - usual) > PROBE_TOLERANCE * usual;
  }

  /** What is usual is known only by now: the first round had nothing to be held against. */
  private boolean dropUnusual(SortedMap<Integer, Round> kept, List<Double> probes) {
    for (Map.Entry<Integer, Round> round : kept.entrySet()) {
      if (isUnusual(round.getValue().probe(), probes)) {
        progress.printf("  round %d was off the usual after all, begun again%n", round.getKey());
        kept.remove(round.getKey());
        return true;
      }
    }
    return false;
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

  private void report(Case one, Round round) {
    round
        .figures()
        .forEach(
            (name, pair) -> {
              progress.printf(
                  Locale.ROOT,
                  "; %s %.4g : %s %s",
                  name,
                  pair.ours().value(),
                  pair.peer()
                      .map(other -> String.format(Locale.ROOT, "%.4g", other.value()))
                      .orElse("-"),
                  pair.ours().unit().symbol());
              if (one.writesToDisk()) {
                progress.printf(
                    Locale.ROOT, ", ours / probe %.2f", pair.ours().value() / round.probe());
              }
            });
    progress.println();
    progress.flush();
  }
}
