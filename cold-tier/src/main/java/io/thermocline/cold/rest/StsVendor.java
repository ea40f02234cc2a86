package io.thermocline.cold.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.thermocline.cold.store.AwsCredentials;
import io.thermocline.cold.store.S3Settings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * Credentials from a security token service, by {@code AssumeRole} with a policy that allows no
 * more than getting objects below one table's location.
 */
final class StsVendor implements CredentialVendor {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Tables whose credentials are remembered. */
  private static final int REMEMBERED = 1_000;

  private final RestSettings.Sts settings;
  private final StsClient sts;
  private final LoadingCache<String, Map<String, String>> fresh;

  StsVendor(RestSettings.Sts settings, S3Settings store) {
    this.settings = settings;
    StsClientBuilder builder =
        StsClient.builder()
            .region(Region.of(store.region()))
            .credentialsProvider(AwsCredentials.of(store))
            .httpClientBuilder(Apache5HttpClient.builder())
            .overrideConfiguration(each -> each.apiCallTimeout(TIMEOUT));
    settings.endpoint().ifPresent(builder::endpointOverride);
    this.sts = builder.build();
    // Whoever is given some has at least half their lifetime to read.
    this.fresh =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(settings.lifetime().dividedBy(2))
            .build(this::assume);
  }

  @Override
  public Map<String, String> forReading(String location) {
    return fresh.get(location);
  }

  private Map<String, String> assume(String location) {
    try {
      Credentials given =
          sts.assumeRole(
                  request ->
                      request
                          .roleArn(settings.roleArn())
                          .roleSessionName("thermocline-reader")
                          .durationSeconds(Math.toIntExact(settings.lifetime().toSeconds()))
                          .policy(readOnly(location)))
              .credentials();
      return Map.of(
          "s3.access-key-id", given.accessKeyId(),
          "s3.secret-access-key", given.secretAccessKey(),
          "s3.session-token", given.sessionToken(),
          "s3.session-token-expires-at-ms", Long.toString(given.expiration().toEpochMilli()));
    } catch (SdkException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "No credentials for readers: " + e.getMessage(), e);
    }
  }

  /** A policy that allows to get what lies below {@code location}. */
  static String readOnly(String location) {
    URI table = URI.create(location);
    ObjectNode policy = JsonNodeFactory.instance.objectNode();
    policy.put("Version", "2012-10-17");
    policy
        .putArray("Statement")
        .addObject()
        .put("Effect", "Allow")
        .put("Action", "s3:GetObject")
        .put("Resource", "arn:aws:s3:::" + table.getHost() + table.getPath() + "/*");
    return policy.toString();
  }

  @Override
  public void close() {
    sts.close();
  }
}
