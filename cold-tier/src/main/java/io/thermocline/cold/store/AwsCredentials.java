package io.thermocline.cold.store;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Our settings' credentials as the SDK takes them. */
public final class AwsCredentials {
  private AwsCredentials() {}

  /** The key pair of the settings; without one, what the environment gives. */
  public static AwsCredentialsProvider of(S3Settings s3) {
    return s3.credentials()
        .<AwsCredentialsProvider>map(
            pair ->
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(pair.accessKey(), pair.secretKey().reveal())))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }
}
