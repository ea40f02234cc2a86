package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetRange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DataFileNameTest {
  @Test
  void aNameComesBackFromItsPath() {
    for (DataFileName name :
        List.of(
            new DataFileName(0, new OffsetRange(0, 1), 0, 0),
            new DataFileName(12, new OffsetRange(5, 1_000), -1, -1),
            new DataFileName(
                999_999_999, new OffsetRange(0, Long.MAX_VALUE), Integer.MIN_VALUE, 255))) {
      assertThat(DataFileName.parse(name.path())).contains(name);
    }
  }

  @Test
  void pathsStandInOffsetOrder() {
    assertThat(new DataFileName(1, new OffsetRange(9, 10), 0, 0).path())
        .isEqualTo(
            "data/1/00000000000000000009-00000000000000000010-00000000-0000000000000000.parquet")
        .isLessThan(new DataFileName(1, new OffsetRange(10, 11), 0, 0).path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "data/0/x.parquet",
        "data/00/00000000000000000009-00000000000000000010-00000000-0000000000000000.parquet",
        "data/1/00000000000000000010-00000000000000000010-00000000-0000000000000000.parquet",
        "data/1/00000000000000000011-00000000000000000010-00000000-0000000000000000.parquet",
        "data/1/99999999999999999999-99999999999999999999-00000000-0000000000000000.parquet",
        "data/1/00000000000000000009-00000000000000000010-0000000G-0000000000000000.parquet",
        "data/1/00000000000000000009-00000000000000000010-00000000-0000000000000000.parquet.tmp",
        "other/data/1/00000000000000000009-00000000000000000010-00000000-0000000000000000.parquet"
      })
  void otherPathsAreNotOurs(String path) {
    assertThat(DataFileName.parse(path)).isEmpty();
  }
}
