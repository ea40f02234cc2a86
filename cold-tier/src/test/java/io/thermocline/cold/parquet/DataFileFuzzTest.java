package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.FuzzCorpus;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Any bytes are a data file that is read to its end, or damage, also without a checksum. */
class DataFileFuzzTest {

  @TestFactory
  Stream<DynamicTest> keptInputs() {
    return FuzzCorpus.replay(this);
  }

  @FuzzTest
  void anyBytesAreADataFileOrDamage(byte[] input) {
    LocalRanges source = new LocalRanges(input);
    try {
      FileFooter footer = FileFooter.read(source, OptionalInt.empty());
      DataFileReader reader = new DataFileReader(source, footer, ReadSettings.defaults());
      assertThat(reader.verify()).isNotNull();
      var unused = reader.offsetForTimestamp(footer.range(), 1_795_168_800_000L);
    } catch (ThermoclineException refused) {
      assertThat(refused.kind()).isIn(ErrorKind.CORRUPT, ErrorKind.UNSUPPORTED);
    }
  }
}
