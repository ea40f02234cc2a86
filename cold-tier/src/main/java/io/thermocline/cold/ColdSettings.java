package io.thermocline.cold;

import io.thermocline.cold.store.StoreSettings;
import io.thermocline.cold.table.TableSettings;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * All that a cold tier is made of.
 *
 * @param store where the warehouse is
 * @param namespace Iceberg namespace of the tables, and the folder they lie in
 * @param catalog which catalog holds them
 * @param directory local, for the embedded catalog, files on their way and copies; made if there is
 *     none, and used by one process. A warehouse that is a directory is one of its file system
 * @param cluster whose warehouse it is or becomes
 * @param takeOver whether to take the warehouse from another cluster; see {@link
 *     io.thermocline.cold.store.WarehouseOwner#takeOver}
 * @param tables how tables are looked at and kept
 * @param caches what is kept in memory and on disk
 * @param budget what writing may take from others
 */
public record ColdSettings(
    StoreSettings store,
    String namespace,
    CatalogSettings catalog,
    Path directory,
    UUID cluster,
    boolean takeOver,
    TableSettings tables,
    CacheSettings caches,
    WriteBudget budget) {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  public ColdSettings {
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(catalog, "catalog");
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(cluster, "cluster");
    Objects.requireNonNull(tables, "tables");
    Objects.requireNonNull(caches, "caches");
    Objects.requireNonNull(budget, "budget");
    if (!NAMESPACE.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "Not a namespace: '%s': a letter, then letters, digits or '_', lower case, 64 at most"
              .formatted(namespace));
    }
  }

  /** With the default budget for writing. */
  public ColdSettings(
      StoreSettings store,
      String namespace,
      CatalogSettings catalog,
      Path directory,
      UUID cluster,
      boolean takeOver,
      TableSettings tables,
      CacheSettings caches) {
    this(
        store,
        namespace,
        catalog,
        directory,
        cluster,
        takeOver,
        tables,
        caches,
        WriteBudget.defaults());
  }

  /** The same with another budget for writing. */
  public ColdSettings with(WriteBudget other) {
    return new ColdSettings(
        store, namespace, catalog, directory, cluster, takeOver, tables, caches, other);
  }

  /** The same without taking the warehouse from another cluster. */
  public ColdSettings withoutTakeOver() {
    return new ColdSettings(
        store, namespace, catalog, directory, cluster, false, tables, caches, budget);
  }

  /** The defaults for a warehouse and a data directory. */
  public static ColdSettings of(StoreSettings store, Path directory, UUID cluster) {
    return new ColdSettings(
        store,
        "thermocline",
        CatalogSettings.sqlite(),
        directory,
        cluster,
        false,
        TableSettings.defaults(),
        CacheSettings.defaults());
  }
}
