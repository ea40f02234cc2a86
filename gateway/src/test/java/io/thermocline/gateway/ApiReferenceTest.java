package io.thermocline.gateway;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.thermocline.testkit.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiReferenceTest {
  @Test
  void pageSaysWhatTheProtoFilesSay() throws IOException {
    // Tests run in their module's folder; the proto module is built before this one.
    FileDescriptorSet set =
        FileDescriptorSet.parseFrom(
            Files.readAllBytes(Path.of("..", "proto", "target", "thermocline.binpb")));
    GeneratedPage.assertCurrent("docs/reference/api.md", ApiReferencePage.of(set));
  }
}
