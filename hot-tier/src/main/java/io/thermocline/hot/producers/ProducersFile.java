package io.thermocline.hot.producers;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.Replacement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers of all logs, as {@link ProducerNote}s one after the other. It spares a start the
 * reading of the logs, and remembers batches whose segments are gone. The logs themselves are the
 * truth: each note says up to where it speaks for its log, and what lies behind that is read from
 * the log's headers; a note that does not join on to the one before it is left aside.
 *
 * <p>When most of the file is old news it is written anew, beside and then in its place. After an
 * error, too: what it has then is found out by reading it. For one thread at a time.
 */
public final class ProducersFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProducersFile.class);
  private static final long SMALL_BYTES = 4L << 20;
  private static final int GROWN_TIMES = 4;
  private static final int CHUNK_BYTES = 1 << 20;

  private final Disk disk;
  private final Path path;
  private final ProducerLimits limits;
  private final Supplier<Set<UUID>> topics;

  /** Open to append; null when the file is to be written anew first. */
  private DiskFile file;

  private long bytes;
  private long bytesWhenNew;

  /**
   * @param topics those there are; the others' notes go
   */
  public ProducersFile(Disk disk, Path path, ProducerLimits limits, Supplier<Set<UUID>> topics) {
    this.disk = disk;
    this.path = path;
    this.limits = limits;
    this.topics = topics;
  }

  /**
   * What a file has.
   *
   * @param unsoundBytes that belong to no note; after a crash the last note may be half written
   */
  public record Content(Map<LogId, KnownProducers> known, long unsoundBytes) {}

  /** What the file knows of each log; of a damaged file it is what the sound notes say. */
  public Map<LogId, KnownProducers> read(ProducerCensus census) throws IOException {
    Set<UUID> there = topics.get();
    Content content = look(disk, path, census, log -> there.contains(log.topic()));
    if (content.unsoundBytes() > 0) {
      LOG.info(
          "Part of the producers' file is not sound, logs are read instead: file={} bytes={}",
          path,
          content.unsoundBytes());
    }
    return content.known();
  }

  /** What a file that nobody writes has. */
  public static Content look(Disk disk, Path path) throws IOException {
    return look(disk, path, ProducerCensus.apart(ProducerLimits.defaults()), log -> true);
  }

  private static Content look(Disk disk, Path path, ProducerCensus census, Predicate<LogId> wanted)
      throws IOException {
    Map<LogId, KnownProducers> known = new HashMap<>();
    if (!disk.exists(path)) {
      return new Content(known, 0);
    }
    try (DiskFile in = disk.openToRead(path)) {
      NoteScan scan = new NoteScan(in);
      for (ProducerNote note = scan.next(); note != null; note = scan.next()) {
        if (wanted.test(note.log())) {
          known
              .computeIfAbsent(note.log(), log -> new KnownProducers(new ProducerTable(census)))
              .take(note);
        }
      }
      return new Content(known, scan.skippedBytes());
    }
  }

  /** Adds notes, durably. After a failure the file is as good as it was. */
  public void store(Collection<ProducerNote> notes) throws IOException {
    if (notes.isEmpty()) {
      return;
    }
    try {
      if (file == null || bytes > Math.max(SMALL_BYTES, GROWN_TIMES * bytesWhenNew)) {
        writeAnew(notes);
      } else {
        bytes = write(file, bytes, notes);
        file.force();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void writeAnew(Collection<ProducerNote> notes) throws IOException {
    close();
    ProducerCensus census = ProducerCensus.apart(limits);
    Map<LogId, KnownProducers> known = read(census);
    for (ProducerNote note : notes) {
      known
          .computeIfAbsent(note.log(), log -> new KnownProducers(new ProducerTable(census)))
          .take(note);
    }
    file = Replacement.of(disk, path, fresh -> bytes = write(fresh, known));
    bytesWhenNew = bytes;
  }

  private static long write(DiskFile out, Map<LogId, KnownProducers> known) throws IOException {
    long size = 0;
    for (Map.Entry<LogId, KnownProducers> each : known.entrySet()) {
      size = write(out, size, List.of(each.getValue().whole(each.getKey())));
    }
    return size;
  }

  private static long write(DiskFile out, long from, Collection<ProducerNote> notes)
      throws IOException {
    long at = from;
    ByteBuffer chunk = ByteBuffer.allocate(0);
    for (ProducerNote note : notes) {
      int size = note.storedBytes();
      if (size > chunk.remaining()) {
        at = flush(out, at, chunk);
        chunk = ByteBuffer.allocate(notes.size() == 1 ? size : Math.max(size, CHUNK_BYTES));
      }
      note.write(chunk);
    }
    return flush(out, at, chunk);
  }

  private static long flush(DiskFile out, long at, ByteBuffer chunk) throws IOException {
    chunk.flip();
    int size = chunk.remaining();
    if (size > 0) {
      out.write(chunk, at);
    }
    return at + size;
  }

  /** Lets the file go; the next {@link #store} writes it anew. */
  @Override
  public void close() throws IOException {
    DiskFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}
