package io.thermocline.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs cases in rounds, the two sides in turns. The side that begins changes with every round, what
 * the one wrote is on disk before the other begins, and a round whose disk was unlike the others'
 * is run again.
 */
final class Comparison {
  private static final double PROBE_TOLERANCE = 0.2;
  private static final int MAX_REPEATS = 3;

  private final Arena ours;
  private final Arena peer;
  private final DiskProbe probe;
  private final PrintWriter progress;

  Comparison(Arena ours, Arena peer, DiskProbe probe, PrintWriter progress) {
    this.ours = ours;
    this.peer = peer;
    this.probe = probe;
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
    int repeats = 0;
    int rounds = ours.scale().rounds();
    for (int round = 1; round <= rounds; ) {
      settle();
      double disk = probe.measure();
      settle();
      probes.add(disk);
      Map<String, Pair> figures = turns(one, round % 2 == 1);
      double usual = Samples.median(probes);
      boolean odd = Math.abs(disk - usual) > PROBE_TOLERANCE * usual;
      boolean repeat = odd && repeats < MAX_REPEATS;
      report(round, disk, figures, repeat);
      if (repeat) {
        repeats++;
      } else {
        samples.add(figures, disk);
        round++;
      }
    }
    return samples.medians();
  }

  /** Both turns of a round: figures by name, ours first. */
  private Map<String, Pair> turns(Case one, boolean oursFirst) throws Exception {
    List<Figure> first = one.measure(oursFirst ? ours : peer);
    settle();
    List<Figure> second = one.measure(oursFirst ? peer : ours);
    Map<String, Pair> pairs = new LinkedHashMap<>();
    for (int i = 0; i < first.size(); i++) {
      Pair pair =
          oursFirst ? new Pair(first.get(i), second.get(i)) : new Pair(second.get(i), first.get(i));
      pairs.put(pair.ours().name(), pair);
    }
    return pairs;
  }

  /** Lets what one turn left in the page cache reach the disk, so that the next does not pay. */
  private static void settle() throws IOException, InterruptedException {
    int status = new ProcessBuilder("sync").inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("sync ended with " + status);
    }
  }

  private void report(int round, double disk, Map<String, Pair> figures, boolean repeated) {
    progress.printf(Locale.ROOT, "  round %d, disk probe %.0f MB/s", round, disk);
    figures.forEach(
        (name, pair) ->
            progress.printf(
                Locale.ROOT,
                "; %s %.4g : %.4g %s",
                name,
                pair.ours().value(),
                pair.peer().value(),
                pair.ours().unit().symbol()));
    progress.println(repeated ? "; the disk was 20% off: run again" : "");
  }
}
