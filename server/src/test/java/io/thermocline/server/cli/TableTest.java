package io.thermocline.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columnsAreAsWideAsTheyHaveToBeAndNumbersStandRight() {
    Table table = new Table("NAME", "COUNT", "SIZE");
    table.row("a", 7, "1.2 MiB").row("grüße", 1_000, "12 KiB");
    assertThat(printed(table))
        .isEqualTo(
            """
            NAME   COUNT     SIZE
            a          7  1.2 MiB
            grüße   1000   12 KiB
            """);
  }

  @Test
  void nothingIsSaidInWords() {
    assertThat(printed(new Table("NAME").orElse("no topics"))).isEqualTo("no topics\n");
  }

  @Test
  void controlCharactersCannotBreakALineOrTheTerminal() {
    assertThat(printed(new Table("A").row("x\n\ty\033[2J"))).isEqualTo("A\nx\\n\\ty\\u001b[2J\n");
  }

  private static String printed(Table table) {
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text, true));
    return text.toString().replace(System.lineSeparator(), "\n");
  }
}
