package io.thermocline.cold.table;

import com.fasterxml.jackson.core.JacksonException;
import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the newest metadata file of a table that counts, without a catalog. The highest number
 * proves nothing: attempts that lost lie there too. One counts when its log leads back to the one
 * that the last commit left, as the topic's record has it, and every file that it names is there.
 * Of several the highest number is taken: a commit whose record was not written any more.
 */
final class MetadataChoice {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataChoice.class);
  private static final int NAMED_FILES = 3;

  private final ObjectStore store;
  private final StoreFileIO io;
  private final ManifestContents manifests = new ManifestContents();
  private final ForeignFiles foreign;

  MetadataChoice(ObjectStore store) {
    this.store = store;
    this.io = new StoreFileIO(store);
    this.foreign = new ForeignFiles(io);
  }

  /**
   * A metadata file that counts.
   *
   * @param passedOver those newer than it that do not, and why
   */
  record Chosen(TableMetadata metadata, TableView view, List<String> passedOver) {}

  /** A metadata file that leads back. */
  private record Candidate(long version, TableMetadata metadata) {}

  /**
   * Chooses.
   *
   * @param topic whose table it is
   * @param pointer from its record
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when none counts, saying why; {@link
   *     ErrorKind#FAILED_PRECONDITION} when the table lies outside the warehouse
   */
  Chosen choose(TopicId topic, TopicRecord.Pointer pointer) {
    Map<String, Long> objects = objects(pointer.location());
    List<String> passedOver = new ArrayList<>();
    for (Candidate candidate : candidates(topic, pointer, objects.keySet(), passedOver)) {
      Optional<String> why = incomplete(topic, pointer, candidate.metadata(), objects);
      if (why.isEmpty()) {
        return new Chosen(
            candidate.metadata(), view(topic, pointer, candidate.metadata()), passedOver);
      }
      passedOver.add("%s: %s".formatted(candidate.metadata().metadataFileLocation(), why.get()));
    }
    throw new ThermoclineException(
        ErrorKind.CORRUPT,
        "no metadata file of table %s counts: %s. Put back what is missing, from an older version of the object if the store keeps any"
            .formatted(pointer.name(), String.join("; ", passedOver)));
  }

  /**
   * Makes sure of the one that a catalog is at.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it does not count
   */
  Chosen require(TopicId topic, TopicRecord.Pointer pointer, TableMetadata inCatalog) {
    String file = inCatalog.metadataFileLocation();
    if (!new MetadataLog(store, inCatalog).has(pointer)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "the catalog has table %s at %s, which does not lead back to its last commit, %s: put the newer catalog back, or drop the table from the catalog without its files"
              .formatted(pointer.name(), file, pointer.metadata()));
    }
    Optional<String> why = incomplete(topic, pointer, inCatalog, objects(pointer.location()));
    if (why.isPresent()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "the catalog has table %s at %s: %s".formatted(pointer.name(), file, why.get()));
    }
    return new Chosen(inCatalog, view(topic, pointer, inCatalog), List.of());
  }

  /** All objects below the table's location, by key, with their sizes. */
  private Map<String, Long> objects(String location) {
    String folder =
        store
            .keyOf(location)
            .orElseThrow(
                () ->
                    new ThermoclineException(
                        ErrorKind.FAILED_PRECONDITION,
                        "Table %s lies outside %s: locations in a table are absolute, so it has to be where it was"
                            .formatted(location, store.location(""))));
    Map<String, Long> objects = new HashMap<>();
    store.list(
        folder + "/",
        object -> {
          objects.put(object.key(), object.size());
          return true;
        });
    return objects;
  }

  /** Those that lead back, newest first. */
  private List<Candidate> candidates(
      TopicId topic, TopicRecord.Pointer pointer, Set<String> objects, List<String> passedOver) {
    Optional<String> last = store.keyOf(pointer.metadata()).filter(objects::contains);
    long least = version(pointer.metadata());
    List<String> files =
        objects.stream()
            .filter(key -> last.equals(Optional.of(key)) || version(key) > least)
            .sorted(Comparator.comparingLong(MetadataChoice::version).thenComparing(key -> key))
            .map(store::location)
            .toList();
    Set<String> leading = new HashSet<>(Set.of(pointer.metadata()));
    List<Candidate> found = new ArrayList<>();
    for (String file : files) {
      Optional<TableMetadata> metadata = read(topic, file, passedOver);
      if (metadata.isEmpty()) {
        continue;
      }
      MetadataLog log = new MetadataLog(store, metadata.get());
      if (leading.stream().anyMatch(log::leadsTo)) {
        leading.add(file);
        found.add(new Candidate(version(file), metadata.get()));
      } else {
        passedOver.add(file + ": it does not lead back to the last commit");
      }
    }
    if (last.isEmpty()) {
      passedOver.add(pointer.metadata() + ": it is gone");
    }
    Collections.reverse(found);
    return found;
  }

  private static long version(String file) {
    return WarehouseTraces.versionOf(file).orElse(-1);
  }

  private Optional<TableMetadata> read(TopicId topic, String file, List<String> passedOver) {
    try {
      TableMetadata metadata = TableMetadataParser.read(io, file);
      if (TableProgress.isOf(topic, metadata.properties())) {
        return Optional.of(metadata);
      }
      passedOver.add(file + ": it is another topic's");
    } catch (RuntimeException e) {
      ThermoclineException named = CatalogFailures.of("Can't read " + file, e);
      if (named.kind() != ErrorKind.CORRUPT && !isNoJson(e)) {
        throw named;
      }
      LOG.warn("metadata file can't be read file={}", file, e);
      passedOver.add(file + ": it can't be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static boolean isNoJson(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JacksonException) {
        return true;
      }
    }
    return false;
  }

  /** Why a metadata file does not count; empty when all that it names is there. */
  private Optional<String> incomplete(
      TopicId topic,
      TopicRecord.Pointer pointer,
      TableMetadata metadata,
      Map<String, Long> objects) {
    try {
      Set<String> named = new HashSet<>(new NamedFiles(metadata, io, manifests).all());
      // Of what it was made from it needs nothing any more.
      metadata.previousFiles().forEach(entry -> named.remove(entry.file()));
      List<String> missing =
          named.stream().filter(file -> !exists(file, objects)).sorted().toList();
      if (!missing.isEmpty()) {
        return Optional.of(
            "%d of the files that it names are missing, such as %s"
                .formatted(
                    missing.size(),
                    String.join(", ", missing.subList(0, Math.min(NAMED_FILES, missing.size())))));
      }
      TableView view = view(topic, pointer, metadata);
      return view.topic().partitions().keySet().stream()
          .sorted()
          .flatMap(partition -> view.partition(partition).files().stream())
          .filter(
              file ->
                  store.keyOf(file.location()).map(objects::get).orElse(file.storedBytes())
                      != file.storedBytes())
          .findFirst()
          .map(file -> "%s has not the size that it names".formatted(file.location()));
    } catch (NotFoundException e) {
      return Optional.of("a manifest is missing: " + e.getMessage());
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      return Optional.of(e.getMessage());
    } catch (RuntimeException e) {
      ThermoclineException named = CatalogFailures.of("can't be read", e);
      if (named.kind() != ErrorKind.CORRUPT) {
        throw named;
      }
      return Optional.of(named.getMessage());
    }
  }

  private boolean exists(String file, Map<String, Long> objects) {
    return store
        .keyOf(file)
        .filter(key -> objects.containsKey(key) || store.head(key).isPresent())
        .isPresent();
  }

  private TableView view(TopicId topic, TopicRecord.Pointer pointer, TableMetadata metadata) {
    return TableView.of(topic, pointer.name(), metadata, io, manifests, foreign);
  }
}
