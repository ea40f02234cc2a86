package io.thermocline.cold.table;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/**
 * What manifests list, kept in memory by their paths: a manifest never changes. Thread-safe.
 *
 * <p>A commit writes one new manifest and names the old ones again, so that looking at the table
 * after it costs one read, however many files the table has.
 */
final class ManifestContents {
  /** Some 150 bytes each. */
  private static final long MAX_ENTRIES = 200_000;

  private final Cache<String, List<Entry>> cache =
      Caffeine.newBuilder()
          .maximumWeight(MAX_ENTRIES)
          .weigher((String path, List<Entry> entries) -> entries.size() + 1)
          .build();

  /** One live file of a manifest. */
  sealed interface Entry {
    /** Its partition's number; empty when its spec is not ours. */
    Optional<Integer> partition();

    /** Where it lies. */
    String location();

    /** A data file of ours. */
    record Ours(TableFile file) implements Entry {
      @Override
      public Optional<Integer> partition() {
        return Optional.of(file.partition());
      }

      @Override
      public String location() {
        return file.location();
      }
    }

    /** A data file of another writer, which has what it takes to be read. */
    record Elsewhere(SourceFile file) implements Entry {
      @Override
      public Optional<Integer> partition() {
        return Optional.of(file.partition());
      }

      @Override
      public String location() {
        return file.location();
      }
    }

    /**
     * A data file of another writer that can't be read, or one that isn't what its name says.
     *
     * @param why what tells it from ours
     */
    record Foreign(Optional<Integer> partition, String location, long rows, String why)
        implements Entry {}

    /**
     * A file that deletes rows.
     *
     * @param sequence it applies to data files of this data sequence number and older ones
     * @param file as the manifest has it
     */
    record Deletes(Optional<Integer> partition, boolean equality, long sequence, DeleteFile file)
        implements Entry {
      @Override
      public String location() {
        return file.location();
      }
    }
  }

  /** The live files of {@code manifest}, which belongs to {@code table}. */
  List<Entry> of(ManifestFile manifest, TableMetadata table, FileIO io) {
    List<Entry> known = cache.getIfPresent(manifest.path());
    if (known == null) {
      // Not by the cache's own loading: that would make others wait for this read.
      known = read(manifest, table, io);
      cache.put(manifest.path(), known);
    }
    return known;
  }

  private static List<Entry> read(ManifestFile manifest, TableMetadata table, FileIO io) {
    Map<Integer, PartitionSpec> specs = table.specsById();
    TableFileParser parser = new TableFileParser(table.location());
    boolean ourSpec = TableLayout.isOurs(specs.get(manifest.partitionSpecId()), table.schema());
    List<Entry> entries = new ArrayList<>();
    if (manifest.content() == ManifestContent.DATA) {
      try (ManifestReader<DataFile> files = ManifestFiles.read(manifest, io, specs)) {
        for (DataFile file : files) {
          entries.add(parser.entry(file, partition(file, ourSpec)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      try (ManifestReader<DeleteFile> files =
          ManifestFiles.readDeleteManifest(manifest, io, specs)) {
        for (DeleteFile file : files) {
          entries.add(deletes(file, partition(file, ourSpec)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return List.copyOf(entries);
  }

  private static Optional<Integer> partition(ContentFile<?> file, boolean ourSpec) {
    StructLike tuple = file.partition();
    return ourSpec ? Optional.ofNullable(tuple.get(0, Integer.class)) : Optional.empty();
  }

  private static Entry deletes(DeleteFile file, Optional<Integer> partition) {
    return new Entry.Deletes(
        partition, file.content() == FileContent.EQUALITY_DELETES, file.dataSequenceNumber(), file);
  }
}
