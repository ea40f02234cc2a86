package io.thermocline.cold.table;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.parquet.DataFileSettings;
import io.thermocline.cold.parquet.WrittenFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back into our layout what other writers laid out: each of their files gives way, in one
 * commit, to files of ours with the records that are left in it.
 */
final class LayoutRepair {
  private static final Logger LOG = LoggerFactory.getLogger(LayoutRepair.class);

  /** What one piece of upkeep reads at most, and one file. */
  private static final long MAX_BYTES = 1L << 30;

  /** Files that are known not to come back as they are. */
  private static final int MAX_FAILED = 1_000;

  private final TableCommitter committer;
  private final DataFileUpload uploads;
  private final ForeignFiles foreign;
  private final ColdMetrics metrics;
  private final long maxBytes;

  /**
   * What failed the last time, by {@link ForeignSource#id}: it comes after all others, so that none
   * waits for it.
   */
  private final Cache<String, Boolean> failed =
      Caffeine.newBuilder().maximumSize(MAX_FAILED).build();

  LayoutRepair(
      TableCommitter committer, DataFileUpload uploads, ForeignFiles foreign, ColdMetrics metrics) {
    this(committer, uploads, foreign, metrics, MAX_BYTES);
  }

  LayoutRepair(
      TableCommitter committer,
      DataFileUpload uploads,
      ForeignFiles foreign,
      ColdMetrics metrics,
      long maxBytes) {
    this.committer = committer;
    this.uploads = uploads;
    this.foreign = foreign;
    this.metrics = metrics;
    this.maxBytes = maxBytes;
  }

  /** Brings back a bounded part of it. Returns whether anything was done. */
  boolean run(TopicTable table) {
    boolean done = false;
    long bytes = 0;
    Set<String> tried = new HashSet<>();
    while (bytes < maxBytes) {
      Optional<TableView> view = table.exclusively(TopicTable.Access::look);
      Optional<ForeignSource> next = view.flatMap(found -> next(found, tried));
      if (next.isEmpty()) {
        return (view.isPresent() && note(table, view.get())) || done;
      }
      ForeignSource source = next.get();
      tried.add(source.id());
      boolean well = bringBack(table, view.get(), source);
      done |= well;
      // The first time that one fails is at nobody's cost.
      if (well || failed.asMap().putIfAbsent(source.id(), true) != null) {
        bytes += source.file().bytes();
      }
      if (well) {
        failed.invalidate(source.id());
      }
    }
    return done;
  }

  private Optional<ForeignSource> next(TableView view, Set<String> tried) {
    return view.topic().partitions().keySet().stream()
        .sorted()
        .map(view::partition)
        .filter(partition -> partition.problem().isEmpty())
        .flatMap(partition -> partition.sources().stream())
        .filter(source -> !tried.contains(source.id()))
        .min(
            Comparator.comparing((ForeignSource source) -> failed.asMap().containsKey(source.id()))
                .thenComparingLong(source -> source.range().from()));
  }

  private boolean bringBack(TopicTable table, TableView view, ForeignSource source) {
    TopicPartition id = table.topic().partition(source.file().partition());
    List<UploadedFile> files = new ArrayList<>();
    try {
      for (ForeignPiece piece : source.pieces()) {
        files.add(
            uploads.bringBack(
                id, view.topic().location(), (settings, local) -> copy(piece, settings, local)));
      }
      committer.commit(table, new Relayout(UUID.randomUUID(), Optional.of(source), files));
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CONFLICT && e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      metrics.failed("bring-back", e.kind());
      LOG.warn("not brought back partition={} location={}", id, source.file().location(), e);
      return false;
    }
    files.forEach(file -> metrics.written(file.span().bytes()));
    LOG.info(
        "brought back partition={} location={} files={} deletes={}",
        id,
        source.file().location(),
        files.size(),
        source.deletes().size());
    return true;
  }

  /** What it makes may become the only copy: it is counted, and read back. */
  private Optional<WrittenFile> copy(ForeignPiece piece, DataFileSettings settings, Path local) {
    Optional<WrittenFile> written =
        foreign.copy(piece.partitionId(), piece.part(), settings, local);
    long rows = written.map(WrittenFile::rows).orElse(0L);
    if (rows != piece.rows()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "%s has %d records, there should be %d".formatted(piece.id(), rows, piece.rows()));
    }
    written.ifPresent(WrittenFile::verify);
    return written;
  }

  /** Takes down what others deleted, while their snapshots are there to tell it. */
  private boolean note(TopicTable table, TableView view) {
    boolean well =
        view.topic().partitions().values().stream().allMatch(one -> one.problem().isEmpty());
    if (view.isAsWeLeftIt() || !well) {
      return false;
    }
    committer.commit(table, new Relayout(UUID.randomUUID(), Optional.empty(), List.of()));
    return true;
  }
}
