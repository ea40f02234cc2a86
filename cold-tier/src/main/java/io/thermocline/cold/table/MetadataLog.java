package io.thermocline.cold.table;

import io.thermocline.cold.records.TopicRecord;
import java.util.Objects;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;

/** What a table's metadata says of the versions before it. */
final class MetadataLog {
  private MetadataLog() {}

  /** Whether the metadata is the one in {@code file}, or was made from it. */
  static boolean leadsTo(TableMetadata metadata, String file) {
    return Objects.equals(metadata.metadataFileLocation(), file)
        || metadata.previousFiles().stream().anyMatch(entry -> entry.file().equals(file));
  }

  /**
   * Whether the metadata has the commit that {@code pointer} was written after. Others may have
   * committed so often that its log has forgotten that one: then it is taken to, if it is no older.
   */
  static boolean has(TableMetadata metadata, TopicRecord.Pointer pointer) {
    return leadsTo(metadata, pointer.metadata())
        || (isFull(metadata) && metadata.lastSequenceNumber() >= pointer.sequence());
  }

  private static boolean isFull(TableMetadata metadata) {
    return metadata.previousFiles().size()
        >= metadata.propertyAsInt(
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX,
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX_DEFAULT);
  }
}
