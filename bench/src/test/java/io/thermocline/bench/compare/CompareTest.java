package io.thermocline.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command as far as it goes without servers. */
class CompareTest {
  private static Compare parsed(String... arguments) {
    Compare compare = new Compare();
    var unused = new CommandLine(compare).parseArgs(arguments);
    return compare;
  }

  private static List<String> chosen(String... arguments) {
    return parsed(arguments).chosen().stream().map(Case::name).toList();
  }

  @Test
  void quickIsThreeCases() {
    assertThat(chosen("--quick")).containsExactly("produce-1k", "produce-100", "fetch-1k");
  }

  @Test
  void everyCaseHasANameOfItsOwnAndIsRunUnlessSomeAreNamed() {
    assertThat(chosen()).doesNotHaveDuplicates().hasSameSizeAs(Cases.all()).contains("restart");
    assertThat(chosen("--quick", "--case", "tail")).containsExactly("tail");
  }

  @Test
  void namedCasesRunInTheirUsualOrderAndOnceHoweverOftenTheyAreNamed() {
    assertThat(chosen("--case", "tail", "--case", "produce-1k", "--case", "tail"))
        .containsExactly("produce-1k", "tail");
  }

  @Test
  void anUnknownCaseIsNamedBesideThoseThereAre() {
    assertThatThrownBy(() -> chosen("--case", "tail", "--case", "tial"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("No such case: [tial]")
        .hasMessageContaining("produce-1k, ");
  }

  @Test
  void theListNamesAndDescribesEachCase() {
    StringWriter text = new StringWriter();

    int status =
        new CommandLine(new Compare()).setOut(new PrintWriter(text)).execute("--list", "--json");

    assertThat(status).isZero();
    List<String> lines = text.toString().lines().toList();
    assertThat(lines).hasSameSizeAs(Cases.all());
    for (int i = 0; i < lines.size(); i++) {
      Case one = Cases.all().get(i);
      assertThat(lines.get(i)).startsWith(one.name() + " ").endsWith(one.description());
    }
  }

  @ParameterizedTest
  @CsvSource({"2GB, 2000000000", "512MiB, 536870912", "1GiB, 1073741824", "3MB, 3000000"})
  void theLogThatServersAreRestartedOnHasTheSizeThatWasSaid(String size, long bytes) {
    assertThat(parsed("--log-bytes", size).scale().logBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0GB", "2", "2gb", "-1GB", "1.5GB", "9999999999GB"})
  void whatIsNoSizeIsRefused(String size) {
    assertThatThrownBy(() -> parsed("--log-bytes", size))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("is no size");
  }

  @Test
  void roundsAreThreeOrFiveOrAsManyAsWereSaid() {
    assertThat(parsed("--quick").scale().rounds()).isEqualTo(3);
    assertThat(parsed().scale().rounds()).isEqualTo(5);
    assertThat(parsed("--rounds", "2").scale().rounds()).isEqualTo(2);
    assertThatThrownBy(() -> parsed("--rounds", "0").scale()).hasMessageContaining("at least 1");
  }

  @Test
  void aDirectoryInMemoryIsWarnedOf() {
    assertThat(Compare.memoryWarning("ext4", Path.of("/tmp"))).isEmpty();
    assertThat(Compare.memoryWarning("tmpfs", Path.of("/tmp")))
        .get()
        .asString()
        .contains("/tmp")
        .contains("memory")
        .contains("--dir");
  }
}
