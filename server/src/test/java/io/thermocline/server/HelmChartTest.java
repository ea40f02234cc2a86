package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.thermocline.server.config.ConfigKey;
import io.thermocline.server.config.ConfigKeys;
import io.thermocline.server.config.Configuration;
import io.thermocline.tiering.policy.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The chart, rendered by Helm itself; that a cluster runs it can't be tested here. */
class HelmChartTest {
  private static final String CHART = "deploy/helm/thermocline/";
  private static final Pattern VALUE = Pattern.compile("\\.Values((?:\\.[A-Za-z]+)+)");
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

  /** Every value that is not there by default. */
  private static final String ALL_VALUES =
      """
      image: { tag: "1", pullSecrets: [registry] }
      configuration:
        storage: { warehouse: "s3://lake/warehouse", s3: { endpoint: "https://s3.example" } }
        producers: { max: 1000000 }
        catalog:
          type: rest
          properties: |
            uri=https://catalog.example
            credential=env:CATALOG_CREDENTIAL
      store: { secret: lake-keys, accessKey: id, secretKey: key }
      env:
        - name: CATALOG_CREDENTIAL
          valueFrom: { secretKeyRef: { name: lake-catalog, key: credential } }
      javaOptions: -Xmx2g -XX:MaxDirectMemorySize=1g
      persistence: { storageClass: fast }
      drainSeconds: 45
      startSeconds: 61
      service: { annotations: { seen: "by" } }
      serviceMonitor: { enabled: true, labels: { release: prometheus } }
      serviceAccount: lake
      podAnnotations: { seen: "by" }
      nodeSelector: { disk: nvme }
      tolerations: [{ key: dedicated, operator: Exists }]
      affinity: { nodeAffinity: {} }
      """;

  @TempDir private Path folder;

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void helmHasNothingToSayAgainstTheChart() throws Exception {
    assertThat(Helm.lint(folder).ending(0))
        .isEqualToIgnoringNewLines("[INFO] Chart.yaml: icon is recommended");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void theServerTakesWhatThePodHasByDefault() throws Exception {
    Map<String, JsonNode> release = rendered("{}");

    assertThat(release).containsOnlyKeys("ConfigMap", "NetworkPolicy", "Service", "StatefulSet");
    Configuration configuration = configuration(release);
    assertThat(configuration.get(ConfigKeys.LOG_FORMAT)).isEqualTo("json");
    assertThat(configuration.get(ConfigKeys.S3_ACCESS_KEY)).isEmpty();
    assertThat(pod(release).path("terminationGracePeriodSeconds").asInt()).isEqualTo(30);
    assertThat(container(release).path("image").asText()).isEqualTo("thermocline:" + Pom.version());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void theServerTakesWhatThePodHasWithEveryValueGiven() throws Exception {
    Map<String, JsonNode> release = rendered(ALL_VALUES);

    Configuration configuration = configuration(release);
    assertThat(configuration.get(ConfigKeys.WAREHOUSE)).isEqualTo("s3://lake/warehouse");
    assertThat(configuration.get(ConfigKeys.PRODUCERS_MAX)).isEqualTo(1_000_000);
    assertThat(configuration.get(ConfigKeys.CATALOG_PROPERTIES))
        .containsEntry("credential", "env:CATALOG_CREDENTIAL");
    assertThat(configuration.get(ConfigKeys.S3_ACCESS_KEY))
        .isEqualTo("file:" + mount(release, "store") + "/id");
    assertThat(configuration.get(ConfigKeys.S3_SECRET_KEY))
        .isEqualTo("file:" + mount(release, "store") + "/key");
    assertThat(configuration.get(ConfigKeys.DRAIN)).isEqualTo(Duration.ofSeconds(45));
    assertThat(pod(release).path("terminationGracePeriodSeconds").asInt()).isEqualTo(65);
    assertThat(container(release).at("/startupProbe/failureThreshold").asInt()).isEqualTo(13);
    assertThat(variables(release))
        .containsEntry("THERMOCLINE_JAVA_OPTS", "-Xmx2g -XX:MaxDirectMemorySize=1g");
    assertThat(release).containsKey("ServiceMonitor");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void thePodFitsTheImageAndTheServer() throws Exception {
    Map<String, JsonNode> release = rendered("{}");

    // A service's links are variables with the prefix of ours, such as THERMOCLINE_PORT.
    assertThat(pod(release).path("enableServiceLinks").asBoolean(true)).isFalse();
    String user = pod(release).at("/securityContext/runAsUser").asText();
    String group = pod(release).at("/securityContext/runAsGroup").asText();
    assertThat(Repository.text("deploy/Dockerfile"))
        .contains("USER " + user + ":" + group + "\n", "--uid " + user, "--gid " + group);
    assertThat(container(release).findValuesAsText("path"))
        .containsExactly("/healthz", "/healthz", "/readyz");
    assertThat(release.get("StatefulSet").at("/spec/replicas").asInt()).isEqualTo(1);
    Configuration configuration = configuration(release);
    assertThat(container(release).path("ports").findValuesAsText("containerPort"))
        .isEqualTo(release.get("Service").at("/spec/ports").findValuesAsText("port"))
        .containsExactly(
            configuration.get(ConfigKeys.GRPC_PORT).toString(),
            configuration.get(ConfigKeys.HTTP_PORT).toString());
    assertThat(configuration.get(ConfigKeys.DATA_DIR)).startsWith(mount(release, "data") + "/");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void whatTheChartSetsOrDoesNotKnowIsRefused() throws Exception {
    for (String bad : List.of("configuration: { data: { dir: /data } }", "drainSecond: 5")) {
      assertThat(helm(bad).ending(1)).contains("don't meet the specifications of the schema");
    }
  }

  @Test
  void theSectionsOfTheConfigurationAreAllButThoseTheChartSets() throws IOException {
    Set<String> sections =
        ConfigKeys.ALL.stream()
            .map(ConfigKey::name)
            .map(name -> name.split("\\.", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    sections.removeAll(Set.of("data", "host", "grpc", "http", "policies", "shutdown"));

    Set<String> taken = new TreeSet<>();
    new ObjectMapper()
        .readTree(Repository.text(CHART + "values.schema.json"))
        .at("/properties/configuration/propertyNames/enum")
        .forEach(section -> taken.add(section.asText()));
    assertThat(taken).isEqualTo(sections);
  }

  @Test
  void everyValueIsUsedAndEveryUsedOneIsThereWithASchema() throws IOException {
    JsonNode values = YAML.readTree(Repository.text(CHART + "values.yaml"));
    JsonNode schema = new ObjectMapper().readTree(Repository.text(CHART + "values.schema.json"));
    Set<String> used = new TreeSet<>();
    for (Path template : templates()) {
      VALUE
          .matcher(Files.readString(template))
          .results()
          .forEach(found -> used.add(found.group(1).replace('.', '/')));
    }
    // One that NOTES.txt asks for, and that has no default.
    used.remove("/configuration/storage/warehouse");
    used.remove("/configuration/storage");
    assertThat(used).isNotEmpty();
    assertThat(used)
        .allSatisfy(pointer -> assertThat(values.at(pointer).isMissingNode()).isFalse());
    assertThat(used)
        .allSatisfy(
            pointer ->
                assertThat(schema.at(pointer.replace("/", "/properties/")).isMissingNode())
                    .isFalse());
    assertThat(leaves("", values, used)).isSubsetOf(used);
  }

  /** Places of values; one that a template takes whole is one. */
  private static Set<String> leaves(String place, JsonNode value, Set<String> used) {
    Set<String> leaves = new TreeSet<>();
    if (used.contains(place) || !value.isObject()) {
      leaves.add(place);
    } else {
      value
          .properties()
          .forEach(
              inside ->
                  leaves.addAll(leaves(place + "/" + inside.getKey(), inside.getValue(), used)));
    }
    return leaves;
  }

  private static List<Path> templates() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.file(CHART + "templates"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** The manifests by their kind. */
  private Map<String, JsonNode> rendered(String values) throws Exception {
    Map<String, JsonNode> byKind = new TreeMap<>();
    try (MappingIterator<JsonNode> all =
        YAML.readerFor(JsonNode.class).readValues(helm(values).ending(0))) {
      while (all.hasNext()) {
        JsonNode manifest = all.next();
        assertThat(manifest.at("/metadata/name").asText()).isEqualTo("lake-thermocline");
        assertThat(byKind.put(manifest.path("kind").asText(), manifest)).isNull();
      }
    }
    return byKind;
  }

  private CommandProcess helm(String values) throws IOException, InterruptedException {
    return Helm.template(folder, Files.writeString(folder.resolve("values.yaml"), values));
  }

  /** What the server has in that pod, which must be good. */
  private Configuration configuration(Map<String, JsonNode> release) throws IOException {
    JsonNode files = release.get("ConfigMap").path("data");
    assertThat(PolicyStore.parse(files.path("policies.yaml").asText()).text()).isNotEmpty();
    Path file =
        Files.writeString(
            folder.resolve("thermocline.yaml"), files.path("thermocline.yaml").asText());
    Configuration configuration =
        Configuration.load(Optional.of(file), variables(release), List.of());

    String mounted = mount(release, "configuration");
    assertThat(container(release).path("args"))
        .extracting(JsonNode::asText)
        .containsExactly("serve", "--config", mounted + "/thermocline.yaml");
    assertThat(configuration.get(ConfigKeys.POLICIES_FILE)).isEqualTo(mounted + "/policies.yaml");
    assertThat(configuration.get(ConfigKeys.HOST)).isEqualTo("0.0.0.0");
    return configuration;
  }

  private static JsonNode pod(Map<String, JsonNode> release) {
    return release.get("StatefulSet").at("/spec/template/spec");
  }

  private static JsonNode container(Map<String, JsonNode> release) {
    return pod(release).at("/containers/0");
  }

  private static Map<String, String> variables(Map<String, JsonNode> release) {
    Map<String, String> variables = new TreeMap<>();
    container(release)
        .path("env")
        .forEach(
            variable -> {
              String value = variable.path("value").asText();
              assertThat(variables.put(variable.path("name").asText(), value)).isNull();
            });
    return variables;
  }

  /** Where the volume of that name, which the pod must have, is mounted. */
  private static String mount(Map<String, JsonNode> release, String volume) {
    Set<String> volumes = new TreeSet<>(pod(release).path("volumes").findValuesAsText("name"));
    release
        .get("StatefulSet")
        .at("/spec/volumeClaimTemplates")
        .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
    assertThat(volumes).contains(volume);
    for (JsonNode mount : container(release).path("volumeMounts")) {
      if (mount.path("name").asText().equals(volume)) {
        return mount.path("mountPath").asText();
      }
    }
    throw new AssertionError("Not mounted: " + volume);
  }
}
