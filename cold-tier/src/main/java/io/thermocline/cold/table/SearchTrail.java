package io.thermocline.cold.table;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What searches by time asked of the store, for the reads behind them: both together are to get
 * along with what a read at a known offset may ask for. Thread-safe.
 */
final class SearchTrail {
  /** Who searched reads at once; what waits longer costs its reader another request at most. */
  private static final int MOST = 256;

  /** Oldest first. Guarded by this. */
  private final Map<Place, Integer> requests =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Integer> eldest) {
          return size() > MOST;
        }
      };

  private record Place(String file, long offset) {}

  /** Notes that a search made so many requests and found this offset of a file. */
  synchronized void note(String file, long offset, int made) {
    if (made > 0) {
      Integer unused = requests.put(new Place(file, offset), made);
    }
  }

  /** How many were made to find it. They are told once. */
  synchronized int take(String file, long offset) {
    Integer made = requests.remove(new Place(file, offset));
    return made == null ? 0 : made;
  }
}
