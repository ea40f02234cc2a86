package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.Records;
import java.nio.file.Path;
import java.util.HashMap;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSchemaTest {
  @Test
  void aFileHasTheColumnsThatIcebergWouldGiveIt(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("data.parquet");
    assertThat(DataFileFixture.write(file, Records.odd(0)).rows()).isPositive();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      assertThat(reader.getFileMetaData().getSchema())
          .isEqualTo(ParquetSchemaUtil.convert(LogSchema.ICEBERG, "table"));
    }
  }

  @Test
  void icebergKeepsTheFieldIdsWhenItMakesATable() {
    PartitionSpec spec = PartitionSpec.builderFor(LogSchema.ICEBERG).identity("partition").build();
    Schema inTable =
        TableMetadata.newTableMetadata(LogSchema.ICEBERG, spec, "file:/nowhere", new HashMap<>())
            .schema();
    assertThat(inTable.sameSchema(LogSchema.ICEBERG)).isTrue();
    assertThat(inTable.findField("headers.element.value").fieldId()).isEqualTo(10);
  }
}
