package io.thermocline.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The figures of a case's rounds. */
final class Samples {
  private static final class Column {
    final Unit unit;
    final List<Double> ours = new ArrayList<>();
    final List<Double> peer = new ArrayList<>();

    Column(Unit unit) {
      this.unit = unit;
    }
  }

  private final Map<String, Column> columns = new LinkedHashMap<>();
  private final List<Double> disk = new ArrayList<>();

  /** One round: for each name what ours and the peer gave. */
  void add(Map<String, Pair> round, double diskProbe) {
    disk.add(diskProbe);
    round.forEach(
        (name, pair) -> {
          Column column = columns.computeIfAbsent(name, key -> new Column(pair.ours().unit()));
          column.ours.add(pair.ours().value());
          pair.peer().ifPresent(other -> column.peer.add(other.value()));
        });
  }

  List<Result> medians() {
    List<Result> results = new ArrayList<>();
    columns.forEach(
        (name, column) ->
            results.add(
                new Result(name, median(column.ours), peer(column), column.unit, median(disk))));
    return results;
  }

  private static OptionalDouble peer(Column column) {
    return column.peer.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(column.peer));
  }

  /** The middle value, or the mean of the two in the middle. */
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
