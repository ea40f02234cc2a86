package io.thermocline.cold.table;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** A catalog whose commits and looks fail as told, before or after they had their effect. */
final class FaultyCatalog extends JdbcCatalog {
  private final Deque<Fault> commitFaults = new ArrayDeque<>();
  private int goodRefreshes;
  private RuntimeException refreshFault;
  private RuntimeException dropFault;

  private record Fault(
      Runnable before, RuntimeException instead, Runnable afterwards, RuntimeException after) {}

  private FaultyCatalog(FileIO io) {
    super(ignored -> io, null, true);
  }

  /** Over the same database as every other one with the same arguments. */
  static FaultyCatalog open(Path database, String warehouse, FileIO io) {
    FaultyCatalog catalog = new FaultyCatalog(io);
    Map<String, String> properties = new HashMap<>();
    properties.put(CatalogProperties.URI, "jdbc:sqlite:" + database);
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, warehouse);
    properties.put("jdbc.schema-version", "V1");
    properties.put("jdbc.journal_mode", "WAL");
    catalog.initialize("thermocline", properties);
    return catalog;
  }

  /** The next commit that has no other fault yet is made, and then fails. */
  FaultyCatalog commitThenThrow(RuntimeException failure) {
    commitFaults.add(new Fault(() -> {}, null, () -> {}, failure));
    return this;
  }

  /** It fails and is not made. */
  FaultyCatalog throwInsteadOfCommit(RuntimeException failure) {
    commitFaults.add(new Fault(() -> {}, failure, () -> {}, null));
    return this;
  }

  /** It waits until {@code other} is done. */
  FaultyCatalog beforeCommit(Runnable other) {
    commitFaults.add(new Fault(other, null, () -> {}, null));
    return this;
  }

  /** It is made, then {@code other} is done, and then it fails. */
  FaultyCatalog commitThen(Runnable other, RuntimeException failure) {
    commitFaults.add(new Fault(() -> {}, null, other, failure));
    return this;
  }

  /** Looks fail until {@link #heal}, after {@code good} more that do not. */
  FaultyCatalog throwOnRefresh(int good, RuntimeException failure) {
    goodRefreshes = good;
    refreshFault = failure;
    return this;
  }

  /** No more faults. */
  void heal() {
    commitFaults.clear();
    refreshFault = null;
    dropFault = null;
  }

  /** The next drop fails and is not made. */
  FaultyCatalog throwInsteadOfDrop(RuntimeException failure) {
    dropFault = failure;
    return this;
  }

  @Override
  public boolean dropTable(TableIdentifier identifier, boolean purge) {
    RuntimeException failure = dropFault;
    dropFault = null;
    if (failure != null) {
      throw failure;
    }
    return super.dropTable(identifier, purge);
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier identifier) {
    failLook();
    return new FaultyOperations(super.newTableOps(identifier));
  }

  private void failLook() {
    if (refreshFault != null && goodRefreshes-- <= 0) {
      throw refreshFault;
    }
  }

  private final class FaultyOperations implements TableOperations {
    private final TableOperations delegate;

    FaultyOperations(TableOperations delegate) {
      this.delegate = delegate;
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      Fault fault = base == null ? null : commitFaults.poll();
      if (fault == null) {
        delegate.commit(base, metadata);
        return;
      }
      fault.before().run();
      if (fault.instead() != null) {
        throw fault.instead();
      }
      delegate.commit(base, metadata);
      fault.afterwards().run();
      if (fault.after() != null) {
        throw fault.after();
      }
    }

    @Override
    public TableMetadata current() {
      return delegate.current();
    }

    @Override
    public TableMetadata refresh() {
      failLook();
      return delegate.refresh();
    }

    @Override
    public FileIO io() {
      return delegate.io();
    }

    @Override
    public EncryptionManager encryption() {
      return delegate.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return delegate.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return delegate.locationProvider();
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
      return delegate.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
      return delegate.newSnapshotId();
    }
  }
}
