package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.tiering.policy.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages point to is there: classes, and other pages. */
class PagesTest {
  /** A word in capitals alone is no class of ours: {@code `INVALID`}. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)`");

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  /** Of the JDK and of the .proto files, and the names that the house does not give. */
  private static final Set<String> OTHERS =
      Set.of("InstantSource", "QueryService", "Manager", "Util", "Helper", "Impl");

  static List<String> pages() throws IOException {
    Path root = Repository.file("");
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".md") && !file.contains("target/"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/architecture.md", "CONTRIBUTING.md", "docs/adr"})
  void everyClassThatIsNamedExists(String place) throws IOException {
    Set<String> classes = classes();
    Set<String> named = new TreeSet<>();
    for (String page : pages()) {
      if (page.startsWith(place)) {
        CLASS_NAME
            .matcher(Repository.text(page))
            .results()
            .forEach(found -> named.add(found.group(1)));
      }
    }
    named.removeAll(OTHERS);
    assertThat(named).hasSizeGreaterThan(2).isSubsetOf(classes);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(String page) throws IOException {
    Path folder = Repository.file(page).toAbsolutePath().getParent();
    assertThat(LINK.matcher(Repository.text(page)).results().map(found -> found.group(1)))
        .allSatisfy(link -> assertThat(folder.resolve(link)).exists());
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/reference/policies.md"})
  void thePolicyThatIsShownIsGood(String page) throws IOException {
    List<String> shown =
        YAML.matcher(Repository.text(page)).results().map(found -> found.group(1)).toList();
    assertThat(shown).isNotEmpty();
    assertThat(shown).allSatisfy(yaml -> assertThat(PolicyStore.parse(yaml).text()).isNotEmpty());
  }

  private static Set<String> classes() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.file(""))) {
      return files
          .filter(file -> file.toString().matches(".*[/\\\\]src[/\\\\].*\\.java"))
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toSet());
    }
  }
}
