package io.thermocline.cold.table;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/**
 * The catalog as {@link ColdTier} uses it: tables of topics, by the topic's identity. It is opened
 * when it is first needed, and again if that failed, so that the server starts while the catalog is
 * away. Thread-safe; failures are {@link ThermoclineException}s.
 */
final class WarehouseCatalog implements Closeable {
  private final Supplier<Catalog> opener;
  private final Namespace namespace;
  private final String warehouse;
  private Catalog opened;
  private boolean closed;

  /**
   * @param opener connects to the catalog; called again after it failed
   * @param namespace where the tables are
   * @param warehouse location the tables lie below
   */
  WarehouseCatalog(Supplier<Catalog> opener, String namespace, String warehouse) {
    this.opener = opener;
    this.namespace = Namespace.of(namespace);
    this.warehouse = warehouse.endsWith("/") ? warehouse : warehouse + "/";
  }

  /** The table's name, namespace included. */
  String tableName(TopicId topic) {
    return identifier(topic).toString();
  }

  /** Where a new table of the topic lies; no other topic's lies there. */
  String location(TopicId topic) {
    return warehouse
        + "%s/%s-%s"
            .formatted(
                namespace, TableNames.of(topic.name()), topic.uuid().toString().substring(0, 8));
  }

  /** The operations of the table under the topic's name, freshly loaded; empty without a table. */
  Optional<TableOperations> load(TopicId topic) {
    try {
      Table table = catalog().loadTable(identifier(topic));
      return Optional.of(((BaseTable) table).operations());
    } catch (NoSuchTableException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't read table " + tableName(topic), e);
    }
  }

  /**
   * The metadata that {@code operations} see now; empty when the table is gone.
   *
   * @param operations not used by any other thread
   */
  Optional<TableMetadata> refresh(TopicId topic, TableOperations operations) {
    try {
      return Optional.of(operations.refresh());
    } catch (NoSuchTableException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't read table " + tableName(topic), e);
    }
  }

  /** Makes the topic's table, unless there is one of that name already, be it another's. */
  void create(TopicId topic, TableProgress progress) {
    try {
      createNamespace();
      Table table =
          catalog()
              .buildTable(identifier(topic), TableLayout.SCHEMA)
              .withPartitionSpec(TableLayout.SPEC)
              .withSortOrder(TableLayout.SORT_ORDER)
              .withLocation(location(topic))
              .withProperties(TableLayout.properties())
              .withProperties(progress.toProperties())
              .create();
      if (!table.schema().sameSchema(TableLayout.SCHEMA)) {
        throw new ThermoclineException(
            ErrorKind.INTERNAL,
            "The catalog made table %s with schema %s".formatted(table.name(), table.schema()));
      }
    } catch (AlreadyExistsException e) {
      // Someone was first, perhaps this very call before its reply was lost: the next look tells.
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't create table " + tableName(topic), e);
    }
  }

  /** Puts the topic's table, which is there without a catalog, into it as it is in a file. */
  void register(TopicId topic, String metadataFile) {
    try {
      createNamespace();
      Table unused = catalog().registerTable(identifier(topic), metadataFile);
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't register table " + tableName(topic), e);
    }
  }

  /** Takes the table out of the catalog and leaves its files. Harmless when there is none. */
  void drop(TopicId topic) {
    try {
      boolean dropped = catalog().dropTable(identifier(topic), false);
      if (!dropped && load(topic).isPresent()) {
        throw new ThermoclineException(
            ErrorKind.TRANSIENT, "The catalog did not drop table " + tableName(topic));
      }
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't drop table " + tableName(topic), e);
    }
  }

  private void createNamespace() {
    if (catalog() instanceof SupportsNamespaces namespaces
        && !namespaces.namespaceExists(namespace)) {
      try {
        namespaces.createNamespace(namespace);
      } catch (AlreadyExistsException e) {
        // That is what was wanted.
      }
    }
  }

  private TableIdentifier identifier(TopicId topic) {
    return TableIdentifier.of(namespace, TableNames.of(topic.name()));
  }

  /** Iceberg's own face of it, for reading; throws as Iceberg does. */
  Catalog shared() {
    return catalog();
  }

  private synchronized Catalog catalog() {
    if (closed) {
      throw new ThermoclineException(ErrorKind.FAILED_PRECONDITION, "The cold tier is closed");
    }
    if (opened == null) {
      opened = opener.get();
    }
    return opened;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (opened instanceof Closeable closeable) {
      try {
        closeable.close();
      } catch (IOException e) {
        throw new ThermoclineException(ErrorKind.TRANSIENT, "Closing the catalog failed", e);
      }
    }
  }
}
