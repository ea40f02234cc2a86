package io.thermocline.hot;

import java.util.Random;

/** What is drawn of a {@link HotPlay} before it begins. */
record HotPlot(Cast cast, boolean fails, boolean closes, boolean deletes, int journalFrom) {

  /** Who is on the stage. Two that do one thing each meet where a crowd hardly ever does. */
  enum Cast {
    CROWD,
    WRITER_AND_FOLLOWER,
    WRITER_AND_CHECKPOINT
  }

  static HotPlot drawn(Random random) {
    Cast[] casts = Cast.values();
    Cast cast = casts[Math.max(0, random.nextInt(2 * casts.length) - casts.length)];
    boolean crowded = cast == Cast.CROWD;
    boolean fails = crowded && random.nextInt(3) == 0;
    boolean closes = crowded && random.nextInt(3) == 0;
    boolean deletes = crowded && random.nextInt(4) == 0;
    boolean journals = cast == Cast.WRITER_AND_CHECKPOINT || random.nextInt(3) > 0;
    int journalFrom = journals ? 1 + random.nextInt(crowded ? 2 : 1) : 100;
    return new HotPlot(cast, fails, closes, deletes, journalFrom);
  }
}
