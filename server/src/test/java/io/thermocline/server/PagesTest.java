package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.tiering.policy.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages point to is there: classes, tests, other pages and places in them. */
class PagesTest {
  /** A word in capitals alone is no class of ours: {@code `INVALID`}. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.[a-z][A-Za-z]*)?`|-Dtest=(\\w+)");

  /** A page, which may be empty for the same one, and a place in it, which may be absent. */
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)");

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CODE =
      Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.+)$", Pattern.MULTILINE);

  /** Made from the .proto files and other sources, whose names are no classes. */
  private static final String GENERATED = "docs/reference/";

  /** Of the JDK and of the .proto files, a file, and the names that the house does not give. */
  private static final Set<String> OTHERS =
      Set.of(
          "ByteBuffer",
          "Dockerfile",
          "InstantSource",
          "ObjectAllocationSample",
          "QueryService",
          "Manager",
          "Util",
          "Helper",
          "Impl");

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

  @Test
  void everyClassAndEveryTestThatIsNamedExists() throws IOException {
    Set<String> classes = classes();
    Set<String> named = new TreeSet<>();
    for (String page : pages()) {
      if (!page.startsWith(GENERATED)) {
        CLASS_NAME
            .matcher(Repository.text(page))
            .results()
            .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
            .filter(name -> !OTHERS.contains(name) && !classes.contains(name))
            .forEach(name -> named.add(page + ": " + name));
      }
    }
    assertThat(named).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(String page) throws IOException {
    Path here = Repository.file(page);
    assertThat(LINK.matcher(Repository.text(page)).results())
        .allSatisfy(
            link -> {
              String file = link.group(1);
              Path there = file.isEmpty() ? here : here.resolveSibling(file);
              assertThat(there).exists();
              if (link.group(2) != null) {
                assertThat(places(Files.readString(there))).contains(link.group(2));
              }
            });
  }

  @Test
  void aHeadingIsAPlaceAsGitHubNamesIt() {
    assertThat(
            places(
                "# The `hot/` tier, [in](x.md) short\n```\n# no heading\n```\n## A_b-c\n## A_b-c\n"))
        .containsExactlyInAnyOrder("the-hot-tier-in-short", "a_b-c", "a_b-c-1");
  }

  /** The anchors that GitHub gives to a page's headings. */
  private static Set<String> places(String page) {
    Set<String> places = new TreeSet<>();
    HEADING
        .matcher(CODE.matcher(page).replaceAll(""))
        .results()
        .forEach(
            heading -> {
              String place =
                  heading
                      .group(1)
                      .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                      .toLowerCase(Locale.ROOT)
                      .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                      .replace(' ', '-');
              String numbered = place;
              for (int number = 1; !places.add(numbered); number++) {
                numbered = place + "-" + number;
              }
            });
    return places;
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
