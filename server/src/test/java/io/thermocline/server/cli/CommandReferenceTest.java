package io.thermocline.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.GeneratedPage;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The reference page of the command line, made from the commands themselves. */
class CommandReferenceTest {
  private static final int WIDTH = 110;
  private static final Pattern EXAMPLE = Pattern.compile("^  thermocline (.*)$", Pattern.MULTILINE);

  @Test
  void pageIsWhatTheCommandsSay() throws IOException {
    GeneratedPage.assertCurrent("docs/reference/command-line.md", page());
  }

  /** An example that the command line would not take is worse than none. */
  @Test
  void everyExampleIsUnderstood() {
    Matcher examples = EXAMPLE.matcher(page());
    int count = 0;
    while (examples.find()) {
      String example = examples.group(1).replaceAll(" (&&|\\||   ).*", "");
      CommandLine.ParseResult parsed = ThermoclineCommand.commandLine().parseArgs(words(example));
      assertThat(parsed.hasSubcommand()).as(example).isTrue();
      count++;
    }
    assertThat(count).isGreaterThan(15);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Command line

            Made from the commands themselves by `./mvnw test -Dregenerate`; do not edit.

            Results go to standard output, everything else to standard error. `--json` is for programs: field names stay, tables may
            change. Commands that talk to a server take `--server`, or `THERMOCLINE_SERVER` from the environment.

            """);
    add(page, ThermoclineCommand.commandLine());
    return page.toString();
  }

  private static void add(StringBuilder page, CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    if (name.endsWith(" help") || name.endsWith("generate-completion")) {
      return;
    }
    command.setUsageHelpAutoWidth(false);
    command.setUsageHelpWidth(WIDTH);
    String usage = command.getUsageMessage(Ansi.OFF).replace(System.lineSeparator(), "\n");
    page.append("## ").append(name).append("\n\n```\n").append(usage).append("```\n\n");
    command.getSubcommands().values().forEach(below -> add(page, below));
  }

  private static String[] words(String line) {
    Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(line);
    return word.results()
        .map(found -> found.group(1) != null ? found.group(1) : found.group(2))
        .toArray(String[]::new);
  }
}
