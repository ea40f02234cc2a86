package io.thermocline.cold.table;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A table's operations for one attempt at one commit: the base stays what it was when the attempt
 * began, the commit is handed on once, and whatever it throws comes out as {@link
 * OutcomeUnknownException}.
 *
 * <p>Iceberg would otherwise rebase a stale commit on a newer base, also with its retries set to
 * zero, and delete the manifests of a commit that failed only to answer. It rebases when {@link
 * #refresh} brings another base, retries on {@code CommitFailedException}, and cleans up on a
 * {@code CleanableFailure}: here it meets none of these. Its clean-up would find a {@link FileIO}
 * that deletes nothing.
 */
final class PinnedOperations implements TableOperations {
  private final TableOperations delegate;
  private final TableMetadata base;
  private final FileIO io;
  private final AtomicBoolean committed = new AtomicBoolean();

  /**
   * Pins what {@code delegate} holds now.
   *
   * @param delegate refreshed by the caller, and not touched by anyone during the attempt
   */
  PinnedOperations(TableOperations delegate) {
    this.delegate = delegate;
    this.base = delegate.current();
    this.io = new KeepingFileIO(delegate.io());
  }

  @Override
  public TableMetadata current() {
    return base;
  }

  @Override
  public TableMetadata refresh() {
    return base;
  }

  @Override
  public void commit(TableMetadata from, TableMetadata to) {
    if (from != base || !committed.compareAndSet(false, true)) {
      throw new IllegalStateException("A pinned commit is made once, from its own base");
    }
    try {
      delegate.commit(base, to);
    } catch (RuntimeException e) {
      throw new OutcomeUnknownException(e);
    }
  }

  @Override
  public FileIO io() {
    return io;
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

  @Override
  public boolean requireStrictCleanup() {
    return true;
  }
}
