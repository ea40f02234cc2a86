package io.thermocline.cold;

import java.util.Map;
import java.util.Objects;

/**
 * Which Iceberg catalog holds the tables.
 *
 * @param kind {@code sqlite}: a file in the data directory. Otherwise an Iceberg catalog that lies
 *     elsewhere: {@code jdbc}, {@code rest}, {@code glue}, {@code nessie}, or the name of a class
 *     that implements {@code org.apache.iceberg.catalog.Catalog}; the class, and for {@code jdbc}
 *     the driver, must be on the class path
 * @param properties Iceberg's properties for that catalog, such as {@code uri} and {@code
 *     jdbc.user}; they may hold secrets and are never printed
 */
public record CatalogSettings(String kind, Map<String, String> properties) {
  /** The catalog in the data directory. */
  public static final String SQLITE = "sqlite";

  /** A catalog in another database. */
  public static final String JDBC = "jdbc";

  /** A server that speaks Iceberg's REST catalog protocol. */
  public static final String REST = "rest";

  public CatalogSettings {
    Objects.requireNonNull(kind, "kind");
    properties = Map.copyOf(properties);
  }

  /** The catalog in the data directory. */
  public static CatalogSettings sqlite() {
    return new CatalogSettings(SQLITE, Map.of());
  }

  @Override
  public String toString() {
    return "CatalogSettings[kind=%s, properties=%s]".formatted(kind, properties.keySet());
  }
}
