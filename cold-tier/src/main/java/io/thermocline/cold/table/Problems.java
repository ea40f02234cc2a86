package io.thermocline.cold.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with a partition, as one sentence of bounded length. */
final class Problems {
  private static final int NAMED = 5;

  private final List<String> named = new ArrayList<>();
  private int more;

  void add(String problem) {
    if (named.size() < NAMED) {
      named.add(problem);
    } else {
      more++;
    }
  }

  /** All of them; empty when nothing is wrong. */
  Optional<String> asOne() {
    if (named.isEmpty()) {
      return Optional.empty();
    }
    String text = String.join("; ", named);
    return Optional.of(more > 0 ? text + "; and " + more + " more" : text);
  }
}
