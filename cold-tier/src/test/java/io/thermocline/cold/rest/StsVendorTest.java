package io.thermocline.cold.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.cold.store.Secret;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StsVendorTest {
  private static final String ANSWER =
      """
      <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
      <Credentials><AccessKeyId>short-key</AccessKeyId><SecretAccessKey>short-secret</SecretAccessKey>
      <SessionToken>token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>
      </AssumeRoleResult></AssumeRoleResponse>
      """;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private HttpServer service;
  private StsVendor vendor;

  @BeforeEach
  void start() throws Exception {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/",
        exchange -> {
          asked.add(
              URLDecoder.decode(
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                  StandardCharsets.UTF_8));
          byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    service.start();
    URI endpoint = URI.create("http://127.0.0.1:" + service.getAddress().getPort());
    vendor =
        new StsVendor(
            new RestSettings.Sts(
                "arn:aws:iam::1:role/reader", Optional.of(endpoint), Duration.ofHours(1)),
            S3Settings.at(endpoint, "own-key", Secret.of("own-secret")));
  }

  @AfterEach
  void stop() {
    vendor.close();
    service.stop(0);
  }

  @Test
  void aReaderIsGivenWhatOpensOneTablesFilesAndNothingElse() {
    Map<String, String> given = vendor.forReading("s3://lake/warehouse/ns/events-1234");
    assertThat(given)
        .containsEntry("s3.access-key-id", "short-key")
        .containsEntry("s3.secret-access-key", "short-secret")
        .containsEntry("s3.session-token", "token")
        .containsEntry("s3.session-token-expires-at-ms", "1893456000000");
    assertThat(asked)
        .singleElement()
        .asString()
        .contains(
            "Action=AssumeRole",
            "arn:aws:iam::1:role/reader",
            "\"Action\":\"s3:GetObject\"",
            "\"Resource\":\"arn:aws:s3:::lake/warehouse/ns/events-1234/*\"")
        .doesNotContain("own-secret", "s3:Put", "s3:Delete");
  }

  @Test
  void credentialsAreSharedByTheReadersOfATableOnly() {
    assertThat(vendor.forReading("s3://lake/a")).isEqualTo(vendor.forReading("s3://lake/a"));
    assertThat(asked).hasSize(1);
    assertThat(vendor.forReading("s3://lake/b")).isNotEmpty();
    assertThat(asked).hasSize(2);
  }

  @Test
  void aServiceThatRefusesIsSaid() {
    status = 403;
    assertThatThrownBy(() -> vendor.forReading("s3://lake/a"))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.TRANSIENT))
        .hasMessageContaining("No credentials for readers");
  }
}
