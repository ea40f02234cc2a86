package io.thermocline.tiering.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds the published schema and the reference page to the code; rewrites them when asked. */
class PolicyReferenceTest {
  private static final boolean REWRITE = Boolean.getBoolean("thermocline.rewrite");
  private static final Path SCHEMA = Path.of("src/main/resources" + PolicySchema.RESOURCE);
  private static final Path PAGE = Path.of("../docs/reference/policies.md");

  @Test
  void thePublishedSchemaIsTheOneOfTheKeys() throws IOException {
    assertIsWritten(SCHEMA, PolicyReference.schema());
  }

  @Test
  void theReferencePageIsTheOneOfTheKeys() throws IOException {
    assertIsWritten(PAGE, PolicyReference.page());
  }

  @Test
  void theExampleOfThePageIsAGoodDocument() {
    assertThat(PolicyParser.parse(PolicyReference.EXAMPLE).faults()).isEmpty();
  }

  private static void assertIsWritten(Path file, String wanted) throws IOException {
    if (REWRITE) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, wanted);
    }
    assertThat(file)
        .as("written again by -Dthermocline.rewrite=true -Dtest=PolicyReferenceTest")
        .hasContent(wanted);
  }
}
