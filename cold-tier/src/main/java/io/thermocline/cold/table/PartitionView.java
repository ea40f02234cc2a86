package io.thermocline.cold.table;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.OffsetRange;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One partition of a table as one snapshot has it, made for finding offsets.
 *
 * @param partition its number
 * @param progress how far it has come
 * @param files those that are provably right, in offset order, without overlaps
 * @param doubtful locations of files in which another writer deleted rows
 * @param missing ranges that should have rows or an explanation and have neither
 * @param problem why it is degraded; empty when it is well
 */
record PartitionView(
    int partition,
    PartitionProgress progress,
    List<TableFile> files,
    Set<String> doubtful,
    List<OffsetRange> missing,
    Optional<String> problem) {

  static PartitionView empty(int partition) {
    return new PartitionView(
        partition, PartitionProgress.NONE, List.of(), Set.of(), List.of(), Optional.empty());
  }

  /**
   * The index of the first file that ends past {@code offset}; the number of files if none does.
   */
  int indexAt(long offset) {
    int low = 0;
    int high = files.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (files.get(middle).to() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  ColdPartition toModel() {
    return new ColdPartition(
        partition,
        progress.logStart(),
        progress.tieredTo(),
        List.<ColdFile>copyOf(files),
        progress.lost(),
        problem);
  }
}
