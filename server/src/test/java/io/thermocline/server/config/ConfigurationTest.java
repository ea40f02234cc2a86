package io.thermocline.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  @TempDir Path folder;

  @Test
  void withoutAnySourceEveryKeyHasItsDefault() {
    Configuration defaults = Configuration.load(Optional.empty(), Map.of(), List.of());

    assertThat(defaults.get(ConfigKeys.GRPC_PORT)).isEqualTo(7400);
    assertThat(defaults.get(ConfigKeys.QUERY_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
    assertThat(defaults.explain())
        .hasSameSizeAs(ConfigKeys.ALL)
        .allSatisfy(line -> assertThat(line.source()).isEqualTo("default"));
  }

  @Test
  void theCommandLineBeatsTheEnvironmentWhichBeatsTheFile() throws IOException {
    Path file =
        file(
            """
            grpc:
              port: 1001
            http.port: 1002
            storage:
              s3: { pathStyle: false }
            """
                .replace("http.port: 1002", "http: { port: 1002 }"));
    Configuration effective =
        Configuration.load(
            Optional.of(file),
            Map.of("THERMOCLINE_HTTP_PORT", "2002", "THERMOCLINE_LOG_LEVEL", "warn", "HOME", "/x"),
            List.of("log.level=debug"));

    assertThat(effective.get(ConfigKeys.GRPC_PORT)).isEqualTo(1001);
    assertThat(effective.get(ConfigKeys.HTTP_PORT)).isEqualTo(2002);
    assertThat(effective.get(ConfigKeys.LOG_LEVEL)).isEqualTo("debug");
    assertThat(effective.get(ConfigKeys.S3_PATH_STYLE)).isFalse();
    assertThat(effective.explain())
        .contains(
            new Configuration.Explained("grpc.port", "1001", file + ":2:3"),
            new Configuration.Explained("http.port", "2002", "environment THERMOCLINE_HTTP_PORT"),
            new Configuration.Explained("log.level", "debug", "--set"));
  }

  @Test
  void everyProblemOfEverySourceIsToldAtOnceWithItsPlace() throws IOException {
    Path file =
        file(
            """
            grpc:
              prot: 7400
              port: 70000
            grpc:
              port: 1
            query:
              memory: 512
            data: here
            """);
    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class,
            () ->
                Configuration.load(
                    Optional.of(file),
                    Map.of("THERMOCLINE_GRPC_PROT", "1"),
                    List.of("log.level=loud", "no.such=1", "nothing")));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(refusal)
        .hasMessageContaining(file + ":2:3: unknown key grpc.prot: did you mean grpc.port?")
        .hasMessageContaining(file + ":3:3: grpc.port: 70000 is out of range: from 0 to 65535")
        .hasMessageContaining(file + ":4:1: key grpc stands here a second time")
        .hasMessageContaining("query.memory: '512' has no unit")
        .hasMessageContaining("data holds keys of its own")
        .hasMessageContaining("unknown variable THERMOCLINE_GRPC_PROT: did you mean")
        .hasMessageContaining("--set: log.level: 'loud' is not one of")
        .hasMessageContaining("--set: unknown key no.such")
        .hasMessageContaining("--set nothing: write key=value");
  }

  @ParameterizedTest
  @CsvSource({
    "storage.warehouse, ftp://x/y, no warehouse",
    "storage.warehouse, s3:///x, names no bucket",
    "storage.takeOver, yes, neither true nor false",
    "tiering.checkInterval, 1, no unit",
    "tiering.checkInterval, -1s, negative",
    "shutdown.drain, 0s, at least",
    "query.concurrency, many, not a whole number",
    "storage.journal, 64KiB, too small",
    "producers.max, 0, out of range",
    "producers.forget, 14m, too short",
    "data.dir, '', empty",
    "storage.s3.endpoint, http://no such host, no endpoint",
    "storage.s3.endpoint, minio:9000, no endpoint",
    "iceberg.sts.endpoint, https://, no endpoint",
  })
  void aBadValueIsRefusedWithWhatIsWrong(String key, String value, String problem) {
    assertThat(
            catchThrowableOfType(
                ThermoclineException.class,
                () -> Configuration.load(Optional.empty(), Map.of(), List.of(key + "=" + value))))
        .hasMessageContaining(key)
        .hasMessageContaining(problem);
  }

  @Test
  void aSecretIsOnlyEverAReferenceAndIsNeverShown() throws IOException {
    Path secretFile = file("s3cr3t-canary\n");
    Configuration effective =
        Configuration.load(
            Optional.empty(),
            Map.of("KEY_ID", "canary-id"),
            List.of("storage.s3.accessKey=env:KEY_ID", "storage.s3.secretKey=file:" + secretFile));

    assertThat(effective.secret(ConfigKeys.S3_ACCESS_KEY)).contains("canary-id");
    assertThat(effective.secret(ConfigKeys.S3_SECRET_KEY)).contains("s3cr3t-canary");
    assertThat(effective.explain().toString()).doesNotContain("canary");
    assertThat(
            catchThrowableOfType(
                ThermoclineException.class,
                () ->
                    Configuration.load(
                        Optional.empty(), Map.of(), List.of("storage.s3.secretKey=plain-canary"))))
        .hasMessageContaining("env:NAME")
        .hasMessageNotContaining("canary");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = folder.resolve("no-such.yaml");

    assertThat(
            catchThrowableOfType(
                ThermoclineException.class,
                () -> Configuration.load(Optional.of(missing), Map.of(), List.of())))
        .hasMessage("There is no configuration file " + missing);
  }

  @Test
  void aFileThatIsNoTextIsSaidToBeNone() throws IOException {
    Path file = Files.write(folder.resolve("latin1.yaml"), new byte[] {'#', (byte) 0xFC});

    assertThat(
            catchThrowableOfType(
                ThermoclineException.class,
                () -> Configuration.load(Optional.of(file), Map.of(), List.of())))
        .hasMessageContaining("latin1.yaml can't be read: it is not text in UTF-8");
  }

  @Test
  void aSecondDocumentInTheFileIsRefused() throws IOException {
    Path file = file("grpc:\n  port: 1\n---\nhttp:\n  port: 2\n");

    assertThat(
            catchThrowableOfType(
                ThermoclineException.class,
                () -> Configuration.load(Optional.of(file), Map.of(), List.of())))
        .hasMessageContaining(file + ":4:")
        .hasMessageContaining("second document");
  }

  @Test
  void theReferencePageSaysWhatTheKeysAre() throws IOException {
    GeneratedPage.assertCurrent("docs/reference/configuration.md", ConfigReference.page());
  }

  @Test
  void aCatalogsPropertiesMayPointToSecrets() {
    Configuration configuration =
        Configuration.load(
            Optional.empty(),
            Map.of("CATALOG_TOKEN", "t0ken"),
            List.of(
                "catalog.type=rest",
                "catalog.properties=uri=https://lake/api?a=b  token=env:CATALOG_TOKEN\n"
                    + "token-refresh-enabled=false"));

    assertThat(configuration.properties(ConfigKeys.CATALOG_PROPERTIES))
        .isEqualTo(
            Map.of(
                "uri", "https://lake/api?a=b", "token", "t0ken", "token-refresh-enabled", "false"));
    assertThat(configuration.explain()).noneMatch(line -> line.value().contains("t0ken"));
  }

  @ParameterizedTest
  @CsvSource({
    "uri, property 1 is not name=value",
    "uri=a uri=b, uri stands there twice",
    "uri=a jdbc.password=hunter2, jdbc.password is secret",
    "credential=hunter2, credential is secret",
    "uri=jdbc:postgresql://h/db?user=u&password=hunter2, uri is secret",
    "uri=https://u:hunter2@h/, uri is secret",
  })
  void aCatalogsPropertiesThatMakeNoSenseOrTellSecretsAreRefused(String text, String problem) {
    assertThat(
            catchThrowableOfType(
                ThermoclineException.class,
                () ->
                    Configuration.load(
                        Optional.empty(), Map.of(), List.of("catalog.properties=" + text))))
        .hasMessageContaining(problem)
        .hasMessageNotContaining("hunter2");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "thermocline", ".yaml"), text);
  }
}
