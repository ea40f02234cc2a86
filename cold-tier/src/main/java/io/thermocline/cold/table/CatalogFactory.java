package io.thermocline.cold.table;

import io.thermocline.cold.CatalogSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OwnerOnly;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.io.FileIO;

/** Opens the catalog that the settings ask for, with our way into the warehouse. */
final class CatalogFactory {
  /** The catalog's own name, by which a shared database tells catalogs apart. */
  private static final String NAME = "thermocline";

  /** The embedded catalog's name in its directory. */
  static final String FILE = "catalog.db";

  private static final Map<String, String> CLASSES =
      Map.of(
          CatalogSettings.SQLITE,
          CatalogUtil.ICEBERG_CATALOG_JDBC,
          CatalogSettings.JDBC,
          CatalogUtil.ICEBERG_CATALOG_JDBC,
          CatalogSettings.REST,
          CatalogUtil.ICEBERG_CATALOG_REST,
          "glue",
          CatalogUtil.ICEBERG_CATALOG_GLUE,
          "nessie",
          CatalogUtil.ICEBERG_CATALOG_NESSIE);

  private static final Set<String> NEED_URI =
      Set.of(CatalogSettings.JDBC, CatalogSettings.REST, "nessie");

  private static final String POSTGRESQL = "jdbc:postgresql:";

  private final CatalogSettings settings;
  private final String type;
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
    this.type = requireClass(settings.kind());
    this.directory = directory;
    this.warehouse = warehouse;
    this.io = new SteadyFileIO(io);
    if (isEmbedded() && !settings.properties().isEmpty()) {
      throw invalid(
          "The catalog in the data directory takes no properties, and has "
              + new TreeSet<>(settings.properties().keySet()));
    }
    if (NEED_URI.contains(settings.kind())
        && !settings.properties().containsKey(CatalogProperties.URI)) {
      throw invalid("A catalog of kind %s needs the property uri".formatted(settings.kind()));
    }
    if (settings.properties().containsKey(CatalogProperties.FILE_IO_IMPL)) {
      throw invalid(
          "The property io-impl can't be set: the catalog's files are reached as the warehouse is");
    }
  }

  private static String requireClass(String kind) {
    String type = CLASSES.getOrDefault(kind, kind);
    if (!type.contains(".")) {
      throw invalid(
          "Unknown catalog kind '%s': known are %s, and names of classes"
              .formatted(kind, String.join(", ", new TreeSet<>(CLASSES.keySet()))));
    }
    try {
      Class<?> found = Class.forName(type, false, CatalogFactory.class.getClassLoader());
      if (!Catalog.class.isAssignableFrom(found)) {
        throw invalid("%s is no Iceberg catalog".formatted(type));
      }
      return type;
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "A catalog of kind %s needs %s, which is not on the class path: put its jar, and those it needs, beside the server's"
              .formatted(kind, type),
          e);
    }
  }

  private static ThermoclineException invalid(String message) {
    return new ThermoclineException(ErrorKind.INVALID, message);
  }

  /** Connects. Fails with whatever the catalog throws while it can't be reached. */
  Catalog open() {
    try {
      if (isEmbedded()) {
        createFile();
      }
      Catalog catalog = CatalogUtil.loadCatalog(type, NAME, properties(), io);
      if (isEmbedded()) {
        forceDirectory();
      }
      return catalog;
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't open the catalog", e);
    }
  }

  /** SQLite would let others read it; what it puts beside the database is as the database is. */
  private void createFile() {
    Path file = directory.resolve(FILE);
    try {
      Files.createFile(file, OwnerOnly.file(file));
    } catch (FileAlreadyExistsException e) {
      // As at every start but the first.
      return;
    } catch (IOException e) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Can't make the catalog " + file, e);
    }
  }

  private boolean isEmbedded() {
    return settings.kind().equals(CatalogSettings.SQLITE);
  }

  /** With deadlines, where we know how: clients wait for ever unless told not to. */
  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>(settings.properties());
    properties.put(CatalogProperties.FILE_IO_IMPL, HandedFileIO.class.getName());
    if (settings.kind().equals(CatalogSettings.REST)) {
      // To a server a warehouse is a name of its own.
      properties.putIfAbsent("rest.client.connection-timeout-ms", "5000");
      properties.putIfAbsent("rest.client.socket-timeout-ms", "30000");
    } else {
      properties.putIfAbsent(CatalogProperties.WAREHOUSE_LOCATION, warehouse);
      properties.putIfAbsent("jdbc.schema-version", "V1");
    }
    String uri = properties.getOrDefault(CatalogProperties.URI, "");
    if (uri.startsWith("jdbc:")) {
      DatabaseAddress address = DatabaseAddress.of(uri);
      properties.put(CatalogProperties.URI, address.uri());
      address.secrets().forEach((name, value) -> properties.put("jdbc." + name, value));
    }
    if (uri.startsWith(POSTGRESQL)) {
      // In seconds, by the driver's own names for them; other drivers have other ones.
      properties.putIfAbsent("jdbc.connectTimeout", "5");
      properties.putIfAbsent("jdbc.socketTimeout", "30");
    }
    if (isEmbedded()) {
      properties.put(CatalogProperties.URI, "jdbc:sqlite:" + directory.resolve(FILE));
      // Each commit is forced before it is answered.
      properties.put("jdbc.journal_mode", "WAL");
      properties.put("jdbc.synchronous", "FULL");
      properties.put("jdbc.busy_timeout", "10000");
    }
    return properties;
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
