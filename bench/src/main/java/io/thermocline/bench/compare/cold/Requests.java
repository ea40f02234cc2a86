package io.thermocline.bench.compare.cold;

import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.Figure;
import io.thermocline.bench.compare.Unit;
import java.util.List;
import java.util.OptionalLong;

/** What single reads ask of the store, where it is counted. */
final class Requests {
  private final Broker broker;
  private OptionalLong before;
  private long reads;
  private long sum;
  private long most;

  Requests(Broker broker) {
    this.broker = broker;
    this.before = broker.storeReads();
  }

  /** To be called after each read. */
  void afterOne() {
    OptionalLong now = broker.storeReads();
    if (now.isPresent() && before.isPresent()) {
      long made = now.getAsLong() - before.getAsLong();
      sum += made;
      most = Math.max(most, made);
      reads++;
    }
    before = now;
  }

  /** Their mean, and the most of one read; none where they are not counted. */
  List<Figure> figures(String name) {
    return reads == 0
        ? List.of()
        : List.of(
            new Figure(name + "-requests-mean", (double) sum / reads, Unit.REQUESTS),
            new Figure(name + "-requests-most", most, Unit.REQUESTS));
  }
}
