package io.thermocline.cold.table;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.thermocline.cold.cache.BlockCache;
import io.thermocline.cold.cache.CachedFile;
import io.thermocline.cold.cache.SharedFetch;
import io.thermocline.cold.parquet.ByteRange;
import io.thermocline.cold.parquet.DataFileReader;
import io.thermocline.cold.parquet.FileFooter;
import io.thermocline.cold.parquet.RangeSource;
import io.thermocline.cold.parquet.ReadSettings;
import io.thermocline.cold.parquet.SpareArrays;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Data files opened for reading: their footers are kept in memory, their bytes come through the
 * block cache. A footer is fetched once for all who wait for it, and is kept even if nobody waits
 * any more. Thread-safe.
 */
final class OpenFiles {
  /** What is fetched of a file before its first reader comes: its first records, and then some. */
  private static final int FIRST_BYTES = 8 << 20;

  /** What a reader or two have on their way to the network. */
  private static final int SPARE_ARRAYS = 8;

  private final ObjectStore store;
  private final LocalCopies copies;
  private final ReadSettings settings;
  private final SpareArrays arrays;
  private final BlockCache blocks;
  private final Executor fetching;
  private final Executor copying;
  private final Duration patience;
  private final ColdMetrics metrics;
  private final AsyncCache<String, FileFooter> footers;

  /**
   * @param copies of what other writers laid out
   * @param fetching runs what waits for the store
   * @param copying runs what copies other writers' files
   * @param patience how long a reader waits for a footer; the fetch itself goes on
   */
  OpenFiles(
      ObjectStore store,
      LocalCopies copies,
      ReadSettings settings,
      long footerBytes,
      BlockCache blocks,
      Executor fetching,
      Executor copying,
      Duration patience,
      ColdMetrics metrics) {
    this.store = store;
    this.copies = copies;
    this.settings = settings;
    this.arrays = new SpareArrays(settings.batchBytes(), SPARE_ARRAYS);
    this.blocks = blocks;
    this.fetching = fetching;
    this.copying = copying;
    this.patience = patience;
    this.metrics = metrics;
    this.footers =
        Caffeine.newBuilder()
            .maximumWeight(footerBytes)
            .weigher((String location, FileFooter footer) -> footer.weightInBytes())
            .buildAsync();
  }

  /**
   * A file opened by one reader.
   *
   * @param bytes to be closed by the reader
   */
  record OpenFile(DataFileReader reader, CachedFile bytes) {}

  /**
   * Opens one file for a reader that comes from nowhere.
   *
   * @param requestsMade for this reader already
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when its footer is damaged, or is not
   *     what name and manifest say
   */
  OpenFile open(TopicId topic, LogFile file, int requestsMade) {
    return open(topic, file, requestsMade, false);
  }

  /** The same for a reader that comes from the file before. */
  OpenFile openFollowing(TopicId topic, LogFile file) {
    return open(topic, file, 0, true);
  }

  private OpenFile open(TopicId topic, LogFile file, int requestsMade, boolean goesOn) {
    RangeSource range = range(file);
    CompletableFuture<FileFooter> known = footers.getIfPresent(file.id());
    boolean hit = known != null && known.isDone();
    metrics.cache(ColdMetrics.CacheName.FOOTER, hit);
    FileFooter footer = await(file, footer(file, range));
    requireSame(topic, file, footer);
    CachedFile bytes = blocks.file(range, requestsMade + (hit ? 0 : 1), goesOn);
    if (goesOn) {
      askForFirst(footer, bytes);
    }
    return new OpenFile(new DataFileReader(bytes, footer, settings, arrays), bytes);
  }

  /** Begins to fetch what a reader of the whole file needs first, as one will come soon. */
  void prepare(LogFile file) {
    RangeSource range = range(file);
    var unused =
        footer(file, range).thenAccept(footer -> askForFirst(footer, blocks.file(range, 1, true)));
  }

  /**
   * Asks for nothing twice: whoever comes first, a reader or {@link #prepare}, makes the request.
   */
  private static void askForFirst(FileFooter footer, CachedFile bytes) {
    bytes.ahead(new ByteRange(0, Math.min(footer.dataEnd(), FIRST_BYTES)));
  }

  /** Takes back the memory of batches that readers made, to make others in. */
  void giveBack(List<RecordBatch> batches) {
    batches.forEach(batch -> arrays.giveBack(batch.content().payload()));
  }

  /** Forgets what is kept of a file: it is not what was written. */
  void forget(LogFile file) {
    blocks.forget(file.id());
    footers.synchronous().invalidate(file.id());
  }

  private CompletableFuture<FileFooter> footer(LogFile file, RangeSource range) {
    OptionalInt indexCrc32c =
        file instanceof TableFile ours ? OptionalInt.of(ours.name().crc32c()) : OptionalInt.empty();
    return footers.get(
        file.id(),
        (location, unused) ->
            CompletableFuture.supplyAsync(
                () -> FileFooter.read(range, indexCrc32c, file.rows()),
                file.isInLayout() ? fetching : copying));
  }

  private FileFooter await(LogFile file, CompletableFuture<FileFooter> footer) {
    return SharedFetch.await(footer, patience, () -> "The footer of " + file.location());
  }

  private RangeSource range(LogFile file) {
    if (file instanceof ForeignPiece piece) {
      return new CopiedRange(copies, piece);
    }
    String key =
        store
            .keyOf(file.location())
            .orElseThrow(
                () ->
                    new ThermoclineException(
                        ErrorKind.FAILED_PRECONDITION,
                        "%s lies outside the warehouse %s"
                            .formatted(file.location(), store.location(""))));
    return new StoredRange(store, key, file.location(), file.span().bytes());
  }

  /** Holds a footer to what name and manifest say of its file. */
  static void requireSame(TopicId topic, LogFile file, FileFooter footer) {
    if (!footer.topicId().equals(topic.uuid())
        || footer.partition() != file.partition()
        || !footer.range().equals(file.span().range())
        || footer.rows() != file.rows()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          ("Data file %s should have %d rows of topic %s, partition %d, offsets %s; its footer says"
                  + " %d rows of topic %s, partition %d, offsets %s")
              .formatted(
                  file.location(),
                  file.rows(),
                  topic.uuid(),
                  file.partition(),
                  file.span().range(),
                  footer.rows(),
                  footer.topicId(),
                  footer.partition(),
                  footer.range()));
    }
  }
}
