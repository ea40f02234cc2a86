package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.thermocline.server.config.ConfigKey;
import io.thermocline.server.config.ConfigKeys;
import io.thermocline.tiering.policy.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code deploy/} holds can't be run in tests; that it fits the server can be checked. */
class DeploymentTest {
  private static final Pattern VARIABLE = Pattern.compile("THERMOCLINE_[A-Z0-9_]+");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:thermocline|jvm|process|system|disk)_[a-z0-9_]+");
  private static final String DASHBOARD = "deploy/grafana/dashboards/thermocline.json";

  static List<Path> yamlFiles() throws IOException {
    return filesBelow("deploy", ".yaml");
  }

  static List<Path> policies() throws IOException {
    return filesBelow("deploy/policies", ".yaml");
  }

  private static List<Path> filesBelow(String folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(Repository.file(folder))) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          // Those are rendered first: HelmChartTest.
          .filter(file -> !file.getParent().endsWith("templates"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("yamlFiles")
  void yamlIsWellFormed(Path file) throws IOException {
    JsonNode read =
        YAMLMapper.builder()
            .enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readTree(Files.readString(file));
    assertThat(read.isObject()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void samplePoliciesAreGood(Path file) throws IOException {
    assertThat(PolicyStore.parse(Files.readString(file)).text()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void samplePoliciesTellEditorsWhereTheSchemaIs(Path file) throws IOException {
    String told = "# yaml-language-server: $schema=";
    String first = Files.readAllLines(file).get(0);
    assertThat(first).startsWith(told);
    assertThat(file.resolveSibling(first.substring(told.length()))).isRegularFile();
  }

  @Test
  void everyVariableIsAConfigurationKey() throws IOException {
    Set<String> known =
        ConfigKeys.ALL.stream()
            .map(ConfigKey::environmentVariable)
            .collect(Collectors.toCollection(TreeSet::new));
    known.add("THERMOCLINE_JAVA_OPTS"); // the launcher's
    for (String file : List.of("deploy/Dockerfile", "deploy/compose.yaml")) {
      Set<String> used = new TreeSet<>();
      VARIABLE.matcher(Repository.text(file)).results().forEach(found -> used.add(found.group()));
      assertThat(used).as(file).isNotEmpty().isSubsetOf(known);
    }
  }

  @Test
  void ourVersionIsThatOfThePomWhereItIsWrittenElsewhere() throws IOException {
    String jar = "thermocline-testkit-(.+?)\\.jar";
    Map<String, String> mentions =
        Map.of(
            "thermocline",
            "version=(.+)",
            ".ci/tour",
            jar,
            "README.md",
            jar,
            "testkit/src/main/java/io/thermocline/testkit/S3ServerMain.java",
            jar,
            "deploy/helm/thermocline/Chart.yaml",
            "(?:v|appV)ersion: (.+)",
            "deploy/README.md",
            "thermocline:([0-9]\\S+)");
    for (Map.Entry<String, String> mention : mentions.entrySet()) {
      assertThat(
              Pattern.compile(mention.getValue())
                  .matcher(Repository.text(mention.getKey()))
                  .results())
          .as(mention.getKey())
          .isNotEmpty()
          .allSatisfy(found -> assertThat(found.group(1)).isEqualTo(Pom.version()));
    }
  }

  @Test
  void theDashboardAsksForMetricsThatThereAre() throws IOException {
    JsonNode dashboard =
        new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readTree(Repository.text(DASHBOARD));
    assertThat(dashboard.findValuesAsText("uid")).contains("prometheus");
    Set<String> series = MetricsPage.series();
    List<String> queries = new ArrayList<>(dashboard.findValuesAsText("expr"));
    assertThat(queries).hasSizeGreaterThan(10);
    for (String query : queries) {
      Set<String> used = new TreeSet<>();
      METRIC.matcher(query).results().forEach(found -> used.add(found.group()));
      assertThat(used).as(query).isNotEmpty().isSubsetOf(series);
    }
  }

  @Test
  void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() throws IOException {
    JsonNode panels = new ObjectMapper().readTree(Repository.text(DASHBOARD)).path("panels");
    Set<Integer> ids = new TreeSet<>();
    Set<String> cells = new TreeSet<>();
    for (JsonNode panel : panels) {
      assertThat(ids.add(panel.path("id").asInt())).as("id of %s", panel.path("title")).isTrue();
      JsonNode place = panel.path("gridPos");
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          String cell = (place.path("x").asInt() + x) + "/" + (place.path("y").asInt() + y);
          assertThat(cells.add(cell)).as("%s at %s", panel.path("title"), cell).isTrue();
        }
      }
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
    }
  }
}
