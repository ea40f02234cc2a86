package io.thermocline.hot;

import io.thermocline.model.Appended;
import java.util.ArrayList;
import java.util.List;

/** How far a group of batches has come: {@code acknowledged <= begun}. */
final class GroupProgress {
  private final List<Appended> places = new ArrayList<>();
  private int begun;
  private int acknowledged;

  /** Of these something may be in the file. */
  int begun() {
    return begun;
  }

  /** These are durable and their callers know it. */
  int acknowledged() {
    return acknowledged;
  }

  void begin() {
    begun++;
  }

  void placed(Appended place) {
    places.add(place);
  }

  /** The next one's place. */
  Appended acknowledge() {
    return places.get(acknowledged++);
  }
}
