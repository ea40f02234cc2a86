package io.thermocline.cold.table;

import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.store.ObjectStore;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;

/** What a table's metadata says of the versions before it. */
final class MetadataLog {
  private final ObjectStore store;
  private final TableMetadata metadata;

  /**
   * @param store tells the same file by its several names
   */
  MetadataLog(ObjectStore store, TableMetadata metadata) {
    this.store = store;
    this.metadata = metadata;
  }

  /** Whether the metadata is the one in {@code file}, or was made from it. */
  boolean leadsTo(String file) {
    String wanted = place(file);
    return (metadata.metadataFileLocation() != null
            && place(metadata.metadataFileLocation()).equals(wanted))
        || metadata.previousFiles().stream().anyMatch(entry -> place(entry.file()).equals(wanted));
  }

  private String place(String file) {
    return store.keyOf(file).orElse(file);
  }

  /**
   * Whether the metadata has the commit that {@code pointer} was written after. Others may have
   * committed so often that its log has forgotten that one: then it is taken to, if it is no older.
   */
  boolean has(TopicRecord.Pointer pointer) {
    return leadsTo(pointer.metadata())
        || (isFull() && metadata.lastSequenceNumber() >= pointer.sequence());
  }

  private boolean isFull() {
    return metadata.previousFiles().size()
        >= metadata.propertyAsInt(
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX,
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX_DEFAULT);
  }
}
