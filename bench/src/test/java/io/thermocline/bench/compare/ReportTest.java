package io.thermocline.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Case PRODUCE = new ProduceCase("produce-1k", 1024, false);
  private static final Result BOTH =
      new Result(
          "produce-1k", 250.12345, OptionalDouble.of(500), Unit.MEGABYTES_PER_SECOND, 301.25);
  private static final Result OURS_ALONE =
      new Result("requests", 7, OptionalDouble.empty(), Unit.REQUESTS, 301.25);

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  @Test
  void aLineOfJsonHasTheSameFiveKeysWhateverItIsOf() throws Exception {
    Report.lines(PRODUCE, List.of(BOTH, OURS_ALONE), out);

    List<String> lines = text.toString().lines().toList();
    assertThat(lines)
        .containsExactly(
            "{\"case\":\"produce-1k\",\"ours\":250.123,\"peer\":500.0,\"ratio\":0.5,\"unit\":\"MB/s\"}",
            "{\"case\":\"requests\",\"ours\":7.0,\"peer\":null,\"ratio\":null,\"unit\":\"requests\"}",
            "{\"case\":\"probe-produce-1k\",\"ours\":301.25,\"peer\":null,\"ratio\":null,\"unit\":\"MB/s\"}");
    for (String line : lines) {
      JsonNode object = new ObjectMapper().readTree(line);
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      assertThat(keys).containsExactly("case", "ours", "peer", "ratio", "unit");
    }
  }

  @Test
  void theTableHasALineForEachFigureAndADashForWhatIsNotThere() {
    Report.table(List.of(BOTH, OURS_ALONE), out);

    List<String> lines = text.toString().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).containsSubsequence("produce-1k", "250.12", "500.00", "0.50", "301");
    assertThat(lines.get(2)).containsSubsequence("requests", "7.00", "-", "-", "requests");
  }
}
