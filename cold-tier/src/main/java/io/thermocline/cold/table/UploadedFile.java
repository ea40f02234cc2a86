package io.thermocline.cold.table;

import io.thermocline.model.ColdFile;
import io.thermocline.model.Span;
import io.thermocline.model.TopicId;
import java.time.Instant;
import org.apache.iceberg.DataFile;

/**
 * A data file that was uploaded and waits for its commit.
 *
 * @param topic whose records it has
 * @param file what it is
 * @param entry what the manifest will say of it
 * @param began when its upload began, by our clock
 */
record UploadedFile(TopicId topic, TableFile file, DataFile entry, Instant began)
    implements ColdFile {
  @Override
  public int partition() {
    return file.partition();
  }

  @Override
  public Span span() {
    return file.span();
  }

  @Override
  public long rows() {
    return file.rows();
  }

  @Override
  public String location() {
    return file.location();
  }
}
