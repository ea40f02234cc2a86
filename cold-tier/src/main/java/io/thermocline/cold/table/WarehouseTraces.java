package io.thermocline.cold.table;

import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.TableMetadata;

/**
 * Holds what the catalog says of a table against what the table's commits left in the warehouse. A
 * catalog that was lost, or put back from a backup, says that less was tiered than was: believed,
 * it would begin again, and clean-up would take the files of what was committed since for orphans.
 *
 * <p>A commit that failed leaves a metadata file too, one version ahead of the catalog at most: so
 * only what is further ahead proves anything, and the list of a snapshot's manifests, which is not
 * written before there is a table.
 */
final class WarehouseTraces {
  /** As Iceberg names what a commit writes, whatever the catalog. */
  private static final Pattern METADATA = Pattern.compile("([0-9]{1,18})-[^/]*\\.metadata\\.json");

  private static final Pattern SNAPSHOT = Pattern.compile("snap-[^/]*\\.avro");

  private final ObjectStore store;

  WarehouseTraces(ObjectStore store) {
    this.store = store;
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

  private static OptionalLong versionOf(String location) {
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
