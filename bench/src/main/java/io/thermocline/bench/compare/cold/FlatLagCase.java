package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Arena;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.Case;
import io.thermocline.bench.compare.Figure;
import io.thermocline.bench.compare.Values;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The highest rate of records at which what is not tiered yet stays as much as it is. First a
 * sender that waits whenever more than four GiB are not tiered finds the rate that tiering can
 * take; then one at nineteen twentieths of that rate, which waits for nothing, has to show a flat
 * lag for the whole time, or else one at a tenth less, and so on.
 */
record FlatLagCase(String name, Values.Source source, TieredServers servers) implements Case {
  /**
   * More than is produced between two commits. With less the sender waits for the next commit, not
   * for tiering, and what is found is this divided by the time between commits.
   */
  private static final long LIMIT_BYTES = 4L << 30;

  private static final long FILE_BYTES = 256L << 20;
  private static final double FIRST_PART = 0.95;
  private static final double LESS = 0.9;
  private static final int ATTEMPTS = 4;
  private static final Map<String, String> OFTEN =
      Map.of("tiering.checkInterval", "1s", "tiering.commitInterval", "5s");

  FlatLagCase(String name, Values.Source source) {
    this(name, source, new TieredServers(name, ColdStore.DIRECTORY, OFTEN));
  }

  @Override
  public String description() {
    return "the highest rate at which tiering keeps up. Ours alone";
  }

  @Override
  public void prepare(Arena arena) throws IOException {
    if (arena.isOurs()) {
      Broker unused = servers.start(arena);
    }
  }

  @Override
  public List<Figure> measure(Arena arena) throws IOException, InterruptedException {
    if (!arena.isOurs()) {
      return List.of();
    }
    Values values = source.values(arena.home());
    double rate = taken(arena, values) * FIRST_PART;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (staysFlat(arena, values, rate)) {
        long bytes = (long) (rate * values.meanBytes());
        return List.of(Figure.rate(name, bytes, 1_000_000_000));
      }
      rate *= LESS;
    }
    throw new IllegalStateException("The lag grew also at %.0f records/s".formatted(rate / LESS));
  }

  /** Records a second that go in while no more than the limit waits to be tiered. */
  private double taken(Arena arena, Values values) throws InterruptedException {
    Broker broker = servers.of(arena);
    String topic = arena.newTopic(name);
    broker.createRollingTopic(topic);
    int seconds = Math.max(1, arena.scale().flatSeconds() / 2);
    SteadyLoad load = new SteadyLoad(broker, topic, values);
    long limit = LIMIT_BYTES / values.meanBytes();
    // The first half fills what may wait, and warms up.
    long unused = load.run(seconds, Double.MAX_VALUE, untiered -> untiered < limit);
    long sent = load.run(seconds, Double.MAX_VALUE, untiered -> untiered < limit);
    delete(broker, topic);
    return (double) sent / seconds;
  }

  private boolean staysFlat(Arena arena, Values values, double rate) throws InterruptedException {
    Broker broker = servers.of(arena);
    String topic = arena.newTopic(name);
    broker.createRollingTopic(topic);
    Lag lag = new Lag(FILE_BYTES / values.meanBytes());
    int seconds = arena.scale().flatSeconds();
    long sent =
        new SteadyLoad(broker, topic, values)
            .run(
                seconds,
                rate,
                untiered -> {
                  lag.add(untiered);
                  return true;
                });
    delete(broker, topic);
    return lag.isFlat() && sent >= FIRST_PART * rate * seconds;
  }

  /** Not while it is being tiered. */
  private static void delete(Broker broker, String topic) throws InterruptedException {
    var unusedRest = broker.moveToCold(topic);
    broker.deleteTopic(topic);
  }

  @Override
  public void cleanUp(Arena arena) throws IOException {
    servers.close(arena);
  }
}
