package io.thermocline.cold.table;

import io.thermocline.cold.CatalogSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Opens the catalog that the settings ask for, with our way into the warehouse. */
final class CatalogFactory {
  /** The catalog's own name, by which a shared database tells catalogs apart. */
  private static final String NAME = "thermocline";

  /** The embedded catalog's name in its directory. */
  static final String FILE = "catalog.db";

  private final CatalogSettings settings;
  private final Path directory;
  private final String warehouse;
  private final FileIO io;

  /**
   * @param directory where the embedded catalog lies
   * @param warehouse its location
   * @param io into the warehouse
   * @throws ThermoclineException {@link ErrorKind#INVALID} for settings no catalog can be made of
   */
  CatalogFactory(CatalogSettings settings, Path directory, String warehouse, FileIO io) {
    this.settings = settings;
    this.directory = directory;
    this.warehouse = warehouse;
    this.io = new SteadyFileIO(io);
    switch (settings.kind()) {
      case CatalogSettings.SQLITE -> {}
      case CatalogSettings.JDBC -> {
        if (!settings.properties().containsKey(CatalogProperties.URI)) {
          throw new ThermoclineException(
              ErrorKind.INVALID, "A catalog of kind jdbc needs the property uri");
        }
      }
      default ->
          throw new ThermoclineException(
              ErrorKind.INVALID,
              "Unknown catalog kind '%s': known are %s and %s"
                  .formatted(settings.kind(), CatalogSettings.SQLITE, CatalogSettings.JDBC));
    }
  }

  /** Connects. Fails with whatever the catalog throws while it can't be reached. */
  Catalog open() {
    Map<String, String> properties = new HashMap<>(settings.properties());
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse);
    properties.putIfAbsent("jdbc.schema-version", "V1");
    boolean embedded = settings.kind().equals(CatalogSettings.SQLITE);
    if (embedded) {
      properties.put(CatalogProperties.URI, "jdbc:sqlite:" + directory.resolve(FILE));
      // Each commit is forced before it is answered.
      properties.put("jdbc.journal_mode", "WAL");
      properties.put("jdbc.synchronous", "FULL");
      properties.put("jdbc.busy_timeout", "10000");
    }
    JdbcCatalog catalog = new JdbcCatalog(ignored -> io, null, true);
    try {
      catalog.initialize(NAME, properties);
      if (embedded) {
        forceDirectory();
      }
      return catalog;
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't open the catalog", e);
    }
  }

  /** The database's own name in the directory is to survive a power cut too. */
  private void forceDirectory() {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Can't force directory " + directory, e);
    }
  }
}
