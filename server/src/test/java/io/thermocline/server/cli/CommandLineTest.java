package io.thermocline.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(60)
class CommandLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "topic",
        "nonsense",
        "topic create",
        "topic create t --partitions many",
        "topic delete t",
        "topic delete t --cold maybe",
        "topic delete-records t --partition 0 --before soon",
        "consume t --from whenever",
        "consume t --format xml",
        "consume t --max 0",
        "consume t --max -1",
        "consume t --partition -1",
        "produce t --partition -1",
        "produce t --compression snappy",
        "offsets t --at whenever",
        "group move g --topic t --to whenever",
        "topic create t --partitions 0",
        "sql SELECT --max-rows 0",
        "produce t --key id",
        "produce t --header nothing",
        "tier",
        "sql",
        "dump",
        "dump f --partition x",
        "dump /dev/null --partition 1",
        "dump /dev --partition 1",
        "dump /dev --partition 1 --base-offset 0 --topic-id 123e4567-e89b-12d3-a456-426614174000",
        "dump f --base-offset -1",
        "dump f --topic-id x",
        "topic list --server localhost",
        "topic list --server localhost:99999",
        "topic list --server :7400",
        "topic list --server dir/localhost:7400",
        "verify --server nonsense",
      })
  void aWrongCommandLineIsSaidInFewLinesAndExitsWith2(String line) {
    CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("thermocline: ");
    assertThat(run.err().lines().count()).isLessThanOrEqualTo(2);
    assertThat(run.err()).doesNotContain("Exception");
  }

  @Test
  void aServerThatCannotBeReachedIsSaidInOneLineAndExitsWith4() {
    CommandRun run = CommandRun.of("topic", "create", "t", "--server", "127.0.0.1:1");
    assertThat(run.exitCode()).isEqualTo(ExitCode.TRY_LATER);
    assertThat(run.err()).startsWith("thermocline: Can't connect").contains("127.0.0.1");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void wordsAreNamedAsTheyAreWritten() {
    assertThat(CommandRun.of("topic", "delete", "t", "--cold", "maybe").err())
        .contains("'--cold'", "'maybe' is none of keep, purge");
  }

  @Test
  void aFailureOfManyLinesIsOne() {
    assertThat(CommandRun.of("config", "explain", "--set", "a=1", "--set", "grpc.port=x").err())
        .isEqualTo(
            "thermocline: Bad configuration: --set: unknown key a; --set: grpc.port: 'x' is not a"
                + " whole number\n");
  }

  @Test
  void aConnectionThatEndsBeforeTheAnswerLeavesAWriteUnknownAndExitsWith3() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread hangUp = new Thread(() -> hangUp(socket));
      hangUp.setDaemon(true);
      hangUp.start();
      CommandRun run =
          CommandRun.of("topic", "create", "t", "--server", "127.0.0.1:" + socket.getLocalPort());
      assertThat(run.exitCode()).isEqualTo(ExitCode.OUTCOME_UNKNOWN);
      assertThat(run.err()).startsWith("thermocline: it is not known whether it was done");
    }
  }

  static List<CommandLine> commands() {
    return all(ThermoclineCommand.commandLine()).toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpAndSaysWhatItIsFor(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    String[] words = (name + " --help").substring("thermocline ".length()).split(" ");
    CommandRun run = CommandRun.of(words);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: " + name);
    assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
  }

  @Test
  void theVersionIsShown() {
    assertThat(CommandRun.of("version").out()).startsWith("thermocline ");
    assertThat(CommandRun.of("--version").out()).isEqualTo(CommandRun.of("version").out());
    assertThat(CommandRun.of("version", "--json").out()).contains("\"version\"");
  }

  @Test
  void aCompletionScriptIsMade() {
    CommandRun run = CommandRun.of("generate-completion");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("complete -F").contains("delete-records");
  }

  private static Stream<CommandLine> all(CommandLine command) {
    Stream<CommandLine> below =
        command.getSubcommands().values().stream().distinct().flatMap(CommandLineTest::all);
    boolean ours = !command.getCommandName().matches("help|generate-completion");
    return Stream.concat(ours ? Stream.of(command) : Stream.empty(), below);
  }

  private static void hangUp(ServerSocket socket) {
    try {
      while (true) {
        socket.accept().close();
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
