package io.thermocline.cold;

import java.util.Map;
import java.util.Objects;

/**
 * Which Iceberg catalog holds the tables.
 *
 * @param kind {@code sqlite}: a file in the data directory; {@code jdbc}: any database whose driver
 *     is on the class path, named by the property {@code uri}
 * @param properties Iceberg's properties for that catalog, such as {@code uri} and {@code
 *     jdbc.user}; they may hold secrets and are never printed
 */
public record CatalogSettings(String kind, Map<String, String> properties) {
  /** The catalog in the data directory. */
  public static final String SQLITE = "sqlite";

  /** A catalog in another database. */
  public static final String JDBC = "jdbc";

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
