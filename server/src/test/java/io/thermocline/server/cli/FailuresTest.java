package io.thermocline.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void whatIsWrongWithAFileIsSaidInWords() {
    assertThat(Failures.lines(new NoSuchFileException("f"))).containsExactly("no such file: f");
    assertThat(Failures.lines(new AccessDeniedException("f")))
        .containsExactly("f: permission denied");
    assertThat(Failures.lines(new FileSystemException("f", null, "Is a directory")))
        .containsExactly("f: Is a directory");
  }
}
