package io.thermocline.cold.table;

import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.TableMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what the catalog says of a table against what the table's commits left in the warehouse. A
 * catalog that was lost, or put back from a backup, says that less was tiered than was: believed,
 * it would begin again, and clean-up would take the files of what was committed since for orphans.
 *
 * <p>The topic's record tells which metadata its last commit left. Where there is none, as in a
 * warehouse of an earlier version, the names of the files have to do: a commit that failed leaves a
 * metadata file too, one version ahead of the catalog at most: so only what is further ahead proves
 * anything, and the list of a snapshot's manifests, which is not written before there is a table.
 */
final class WarehouseTraces {
  private static final Logger LOG = LoggerFactory.getLogger(WarehouseTraces.class);

  /** As Iceberg names what a commit writes, whatever the catalog. */
  private static final Pattern METADATA = Pattern.compile("([0-9]{1,18})-[^/]*\\.metadata\\.json");

  private static final Pattern SNAPSHOT = Pattern.compile("snap-[^/]*\\.avro");

  private final ObjectStore store;
  private final TopicRecords records;

  WarehouseTraces(ObjectStore store, TopicRecords records) {
    this.store = store;
    this.records = records;
  }

  /** What lies in a table's folder for metadata. */
  private static final class Found {
    private boolean snapshot;
    private long version = -1;
    private String newest = "";

    private void add(String name, String key) {
      snapshot |= SNAPSHOT.matcher(name).matches();
      long its = version(name).orElse(-1);
      if (its > version) {
        version = its;
        newest = key;
      }
    }
  }

  /**
   * Makes sure that there never was a table where the catalog has none.
   *
   * @param table its name, for messages
   * @param location where it would lie
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when there was
   */
  void requireNone(String table, String location) {
    Found found = find(location);
    if (found.snapshot) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          ("The catalog has no table %s, but its commits lie below %s: the catalog was lost or"
                  + " replaced, or the table was dropped from it. Put the catalog back, or register"
                  + " the table's newest metadata file, %s")
              .formatted(table, location, newest(found)));
    }
  }

  /**
   * Makes sure that the catalog knows the table's last commits.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it does not
   */
  void requireNewest(String table, TableMetadata metadata) {
    Optional<TopicRecord.Pointer> pointer = pointer(metadata);
    if (pointer.isPresent()) {
      requireLeadsTo(table, metadata, pointer.get());
      return;
    }
    OptionalLong version = versionOf(metadata.metadataFileLocation());
    if (version.isEmpty()) {
      return;
    }
    Found found = find(metadata.location());
    if (found.version > version.getAsLong() + 1) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          ("The catalog has table %s at version %d, but the warehouse has version %d: the catalog"
                  + " is older than the table, as after a restore. Put the newer catalog back, or"
                  + " register the table's newest metadata file, %s")
              .formatted(table, version.getAsLong(), found.version, newest(found)));
    }
  }

  private Optional<TopicRecord.Pointer> pointer(TableMetadata metadata) {
    return TableProgress.topicIdIn(metadata.properties())
        .map(UUID::fromString)
        .flatMap(this::readable)
        .flatMap(TopicRecord::table)
        .filter(pointer -> pointer.location().equals(metadata.location()));
  }

  /** A record that can't be read is no reason to keep records from readers. */
  private Optional<TopicRecord> readable(UUID topic) {
    try {
      return records.find(topic);
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.FAILED_PRECONDITION) {
        throw e;
      }
      LOG.warn("topic record can't be used topic={} error={}", topic, e.toString());
      return Optional.empty();
    }
  }

  private void requireLeadsTo(String table, TableMetadata metadata, TopicRecord.Pointer pointer) {
    if (!new MetadataLog(store, metadata).has(pointer)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          ("The catalog has table %s at %s, which does not lead back to its last commit: the"
                  + " catalog is older than the table, as after a restore. Put the newer catalog"
                  + " back, or register the table's newest metadata file, %s")
              .formatted(table, metadata.metadataFileLocation(), pointer.metadata()));
    }
  }

  /** The newest metadata file below a table's location, whatever the catalog says; if any. */
  Optional<String> newestMetadata(String location) {
    return Optional.of(find(location).newest).filter(key -> !key.isEmpty()).map(store::location);
  }

  private Found find(String location) {
    Found found = new Found();
    store
        .keyOf(location + "/metadata")
        .ifPresent(
            folder ->
                store.list(
                    folder + "/",
                    object -> {
                      found.add(object.key().substring(folder.length() + 1), object.key());
                      return true;
                    }));
    return found;
  }

  private String newest(Found found) {
    return found.newest.isEmpty() ? "which is gone too" : store.location(found.newest);
  }

  /** The version in a metadata file's name; empty when it is none. */
  static OptionalLong versionOf(String location) {
    return location == null
        ? OptionalLong.empty()
        : version(location.substring(location.lastIndexOf('/') + 1));
  }

  private static OptionalLong version(String name) {
    Matcher matcher = METADATA.matcher(name);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }
}
