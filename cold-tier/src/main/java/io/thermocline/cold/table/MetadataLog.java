package io.thermocline.cold.table;

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

  /** Whether versions before those it names may be forgotten. */
  static boolean isFull(TableMetadata metadata) {
    return metadata.previousFiles().size()
        >= metadata.propertyAsInt(
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX,
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX_DEFAULT);
  }
}
