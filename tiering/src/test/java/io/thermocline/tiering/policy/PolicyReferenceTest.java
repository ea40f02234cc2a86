package io.thermocline.tiering.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.GeneratedPage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Holds the published schema and the reference page to the code. */
class PolicyReferenceTest {
  @Test
  void thePublishedSchemaIsTheOneOfTheKeys() throws IOException {
    GeneratedPage.assertCurrent(
        "tiering/src/main/resources" + PolicySchema.RESOURCE, PolicyReference.schema());
  }

  @Test
  void theReferencePageIsTheOneOfTheKeys() throws IOException {
    GeneratedPage.assertCurrent("docs/reference/policies.md", PolicyReference.page());
  }

  @Test
  void theExampleOfThePageIsAGoodDocument() {
    assertThat(PolicyParser.parse(PolicyReference.EXAMPLE).faults()).isEmpty();
  }
}
