package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.testkit.S3Call.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class S3ServerIT {
  private static final S3Server SERVER = S3Server.start();
  private static final S3Client CLIENT = client(SERVER, S3Server.SECRET_KEY);

  private final String bucket = SERVER.newBucket();
  private final byte[] object = randomObject();

  @AfterAll
  static void closeAll() {
    CLIENT.close();
    SERVER.close();
  }

  @AfterEach
  void clear() {
    SERVER.faults().clear();
  }

  @Test
  void objectsComeBackAsTheyWere() {
    put("a/one");
    put("a/two");
    put("b");

    assertThat(get("a/one")).isEqualTo(object);
    assertThat(CLIENT.listObjectsV2(list -> list.bucket(bucket).prefix("a/")).contents())
        .extracting(S3Object::key)
        .containsExactly("a/one", "a/two");
  }

  @Test
  void aRangeOfAnObjectCanBeRead() {
    put("key");

    byte[] range =
        CLIENT
            .getObjectAsBytes(get -> get.bucket(bucket).key("key").range("bytes=1000-1999"))
            .asByteArray();

    assertThat(range).hasSize(1_000).startsWith(object[1_000], object[1_001]);
  }

  @Test
  void aConditionalPutMakesAnObjectOnce() {
    List<Integer> statuses =
        Together.run(
            8,
            i ->
                statusOf(
                    () ->
                        CLIENT.putObject(
                            put -> put.bucket(bucket).key("owner").ifNoneMatch("*"),
                            RequestBody.fromString("writer " + i))));

    assertThat(statuses).containsOnlyOnce(200).allMatch(s -> s == 200 || s == 412 || s == 409);
  }

  @Test
  void aWrongSecretIsRefused() {
    try (S3Client stranger = client(SERVER, "wrong")) {
      assertThat(
              statusOf(
                  () ->
                      stranger.putObject(
                          put -> put.bucket(bucket).key("key"), RequestBody.fromBytes(object))))
          .isEqualTo(403);
    }
  }

  @Test
  void aRefusedPutLeavesNothingAndTheNextOneIsWell() {
    SERVER.faults().next(1, S3Call.of(Operation.PUT, "key"), S3Fault.slowDown());

    assertThat(statusOf(() -> put("key"))).isEqualTo(503);
    assertThat(statusOf(() -> get("key"))).isEqualTo(404);
    put("key");

    assertThat(get("key")).isEqualTo(object);
    assertThat(SERVER.faults().met()).contains(new S3Call(Operation.PUT, bucket, "key"));
  }

  @Test
  void aLostReplyComesAfterTheEffect() {
    SERVER.faults().next(1, S3Call.of(Operation.PUT), new S3Fault.ReplyLost());

    assertThat(statusOf(() -> put("key"))).isEqualTo(500);

    assertThat(get("key")).isEqualTo(object);
  }

  @Test
  void everyKindOfCallCanBeRefused() {
    put("key");
    SERVER.faults().always(S3Call.any(), S3Fault.accessDenied());

    assertThat(statusOf(() -> get("key"))).isEqualTo(403);
    assertThat(statusOf(() -> put("other"))).isEqualTo(403);
    assertThat(statusOf(() -> CLIENT.listObjectsV2(list -> list.bucket(bucket)))).isEqualTo(403);
    assertThat(statusOf(() -> CLIENT.headObject(head -> head.bucket(bucket).key("key"))))
        .isEqualTo(403);
    assertThat(statusOf(() -> CLIENT.deleteObject(delete -> delete.bucket(bucket).key("key"))))
        .isEqualTo(403);
    SERVER.faults().clear();
    assertThat(get("key")).isEqualTo(object);
  }

  @Test
  void aTruncatedBodyIsAnErrorOfTheClient() {
    put("key");
    SERVER.faults().next(1, S3Call.of(Operation.GET), new S3Fault.Truncated(70_000));

    assertThatThrownBy(() -> get("key")).isInstanceOf(SdkException.class);

    assertThat(get("key")).isEqualTo(object);
  }

  @Test
  void aCorruptedBodyDiffersInOneBit() {
    put("key");
    SERVER.faults().next(1, S3Call.of(Operation.GET), new S3Fault.Corrupted(50_000));

    byte[] range =
        CLIENT
            .getObjectAsBytes(get -> get.bucket(bucket).key("key").range("bytes=0-99999"))
            .asByteArray();

    assertThat(range[50_000] ^ object[50_000]).isEqualTo(1);
    range[50_000] ^= 1;
    assertThat(range).isEqualTo(Arrays.copyOf(object, 100_000));
  }

  @Test
  void aHungCallGoesOnWhenTheFaultsAreCleared() {
    SERVER.faults().next(1, S3Call.of(Operation.PUT, "slow"), new S3Fault.Hung());
    CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> put("slow"));
    S3Call hung = new S3Call(Operation.PUT, bucket, "slow");
    Await.until("the call hangs", () -> SERVER.faults().met().contains(hung));
    assertThat(writing.isDone()).isFalse();

    SERVER.faults().clear();

    Await.result(writing);
    assertThat(get("slow")).isEqualTo(object);
  }

  @Test
  void connectionsAreRefusedForAWhile(@TempDir Path directory) {
    try (S3Server server = S3Server.start(0, directory);
        S3Client client = client(server, S3Server.SECRET_KEY)) {
      server.createBucket("lake");
      client.putObject(put -> put.bucket("lake").key("key"), RequestBody.fromString("value"));

      server.refuseConnections();
      assertThatThrownBy(() -> client.getObject(get -> get.bucket("lake").key("key")))
          .isInstanceOf(SdkException.class);
      server.resume();

      assertThat(client.getObjectAsBytes(get -> get.bucket("lake").key("key")).asUtf8String())
          .isEqualTo("value");
    }
  }

  private void put(String key) {
    CLIENT.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(object));
  }

  private byte[] get(String key) {
    return CLIENT.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asByteArray();
  }

  private static int statusOf(Runnable call) {
    try {
      call.run();
      return 200;
    } catch (S3Exception refused) {
      return refused.statusCode();
    }
  }

  private static byte[] randomObject() {
    byte[] bytes = new byte[300_000];
    new Random(5).nextBytes(bytes);
    return bytes;
  }

  private static S3Client client(S3Server server, String secret) {
    return S3Client.builder()
        .endpointOverride(server.endpoint())
        .region(Region.of(S3Server.REGION))
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(S3Server.ACCESS_KEY, secret)))
        .overrideConfiguration(
            config ->
                config
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallTimeout(Duration.ofSeconds(30)))
        .build();
  }
}
