package io.thermocline.tiering.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.thermocline.testkit.FuzzCorpus;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Any text is policies, or has faults that are told with their place. */
class PolicyFuzzTest {

  @TestFactory
  Stream<DynamicTest> keptInputs() {
    return FuzzCorpus.replay(this);
  }

  @FuzzTest
  void anyTextIsPoliciesOrHasFaults(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    PolicyParser.Parsed parsed = PolicyParser.parse(text);
    assertThat(parsed.document().isPresent()).isEqualTo(parsed.faults().isEmpty());
    for (PolicyFault fault : parsed.faults()) {
      assertThat(fault.line()).isPositive();
      assertThat(fault.column()).isPositive();
      assertThat(fault.message()).isNotBlank();
    }
    parsed.document().ifPresent(document -> assertThat(document.of("orders")).isNotNull());
  }
}
