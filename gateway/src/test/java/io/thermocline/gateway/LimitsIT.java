package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What surrounds the calls: bounds, health, reflection, metrics, the HTTP side, opening, closing.
 */
class LimitsIT {
  private OpenGateway gateway =
      new OpenGateway(
          settings ->
              settings.with(
                  new GatewaySettings.Calls(
                      1 << 20,
                      4096,
                      100,
                      8,
                      Duration.ofSeconds(60),
                      Duration.ofSeconds(10),
                      Duration.ofMinutes(5))));

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void messageOverTheLimitIsRefusedAndTheServerGoesOn() {
    gateway.topic("t", 1);
    AppendRequest large =
        AppendRequest.newBuilder()
            .setTopic("t")
            .addRecords(PlainRecord.newBuilder().setValue(ByteString.copyFrom(new byte[2 << 20])))
            .build();
    assertThatThrownBy(() -> gateway.streamCalls().append(large))
        .extracting(failure -> Status.fromThrowable(failure).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertServing();
  }

  @Test
  void floodOfHeadersIsRefusedAndTheServerGoesOn() {
    Metadata headers = new Metadata();
    for (int i = 0; i < 100; i++) {
      headers.put(
          Metadata.Key.of("header-" + i, Metadata.ASCII_STRING_MARSHALLER), "x".repeat(100));
    }
    assertThatThrownBy(
            () ->
                gateway
                    .topicCalls()
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .listTopics(ListTopicsRequest.getDefaultInstance()))
        .isInstanceOf(io.grpc.StatusRuntimeException.class);
    assertServing();
  }

  @Test
  void callsPastTheLimitAreRefusedUntilOthersEnd() {
    gateway.topic("t", 1);
    List<FetchCall> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FetchCall fetch = gateway.fetch();
      fetch.add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
      assertThat(fetch.next().getCaughtUp()).isTrue();
      calls.add(fetch);
    }
    Refusals.ended(ErrorKind.EXHAUSTED, gateway.fetch().received.end());
    calls.forEach(FetchCall::cancel);
    Await.until(
        "the calls ended", () -> gateway.metrics.get("thermocline.grpc.open").gauge().value() == 0);
    assertServing();
  }

  private void assertServing() {
    assertThat(
            gateway
                .topicCalls()
                .listTopics(ListTopicsRequest.getDefaultInstance())
                .getNextPageToken())
        .isEmpty();
  }

  @Test
  void callsAreCountedByMethodAndCode() {
    assertServing();
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            gateway
                .topicCalls()
                .listTopics(ListTopicsRequest.newBuilder().setPageSize(-1).build()));
    for (String code : List.of("OK", "INVALID_ARGUMENT")) {
      assertThat(
              gateway
                  .metrics
                  .get("thermocline.grpc.calls")
                  .tag("method", "thermocline.v1.TopicService/ListTopics")
                  .tag("code", code)
                  .timer()
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void healthFollowsTheProblemAndSaysSoOverHttpToo() throws Exception {
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
    assertThat(http("/readyz").statusCode()).isEqualTo(200);
    gateway.problem.set(Optional.of("log t-0 failed"));
    Await.until("not serving", () -> health() == ServingStatus.NOT_SERVING);
    HttpResponse<String> ready = http("/readyz");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("log t-0 failed");
    assertThat(http("/healthz").statusCode()).as("the process is alive").isEqualTo(200);
    gateway.problem.set(Optional.empty());
    Await.until("serving again", () -> health() == ServingStatus.SERVING);
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(gateway.channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  @Test
  void httpSideAnswersItsPagesAndNothingElse() throws Exception {
    HttpResponse<String> metrics = http("/metrics");
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body()).isEqualTo("# metrics\n");
    assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(http("/").statusCode()).isEqualTo(404);
    assertThat(http("/metrics/../etc").statusCode()).isEqualTo(404);
    HttpRequest post =
        HttpRequest.newBuilder(uri("/metrics"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    HttpResponse<String> refused = send(post);
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  private HttpResponse<String> http(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + gateway.server.httpPort() + path);
  }

  @Test
  void reflectionListsEveryService() {
    Received<ServerReflectionRequest, ServerReflectionResponse> received = new Received<>(false);
    var requests = ServerReflectionGrpc.newStub(gateway.channel).serverReflectionInfo(received);
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(received.next().getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "thermocline.v1.TopicService",
            "thermocline.v1.StreamService",
            "thermocline.v1.GroupService",
            "thermocline.v1.TieringService",
            "thermocline.v1.PolicyService",
            "thermocline.v1.QueryService",
            "grpc.health.v1.Health");
    requests.onNext(
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("thermocline.v1.StreamService")
            .build());
    assertThat(received.next().hasFileDescriptorResponse()).isTrue();
    requests.onCompleted();
    assertThat(received.end()).isEqualTo(Status.OK);
  }

  @Test
  void portInUseIsAnErrorThatLeavesNothingOpen() {
    int taken = gateway.server.httpPort();
    GatewayParts parts =
        new GatewayParts(
            gateway.memoryHot,
            gateway.memoryCold,
            gateway.topics,
            new io.thermocline.testkit.MemoryGroupOffsets(gateway.topics),
            gateway.tiering,
            gateway.sql,
            io.thermocline.testkit.ToldReader.none(),
            new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
            () -> "",
            gateway.clock,
            (method, path, query) -> new HttpPages.Answer(204, "text/plain", ""),
            Optional::empty);
    assertThatThrownBy(
            () ->
                GatewayServer.open(
                    GatewaySettings.defaults().listeningOn("127.0.0.1", 0, taken), parts))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
              assertThat(failure).hasMessageContaining(Integer.toString(taken));
            });
  }

  @Test
  @Timeout(20)
  void closingDoesNotWaitForThoseWhoWatchItsHealth() {
    gateway.close();
    gateway =
        new OpenGateway(settings -> settings.with(Duration.ofSeconds(5), Duration.ofMinutes(1)));
    Iterator<HealthCheckResponse> watched =
        HealthGrpc.newBlockingStub(gateway.channel).watch(HealthCheckRequest.getDefaultInstance());
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    gateway.server.close();
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    assertThatThrownBy(watched::hasNext)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            end -> assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void closingTwiceIsHarmlessAndRefusesWhatComesAfter() {
    gateway.server.close();
    gateway.server.close();
    assertThatThrownBy(
            () -> gateway.topicCalls().listTopics(ListTopicsRequest.getDefaultInstance()))
        .extracting(failure -> Status.fromThrowable(failure).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void settingsCannotBeInvalid() {
    assertThatThrownBy(() -> GatewaySettings.defaults().listeningOn("h", 70_000, 0))
        .isInstanceOf(ThermoclineException.class)
        .hasMessageContaining("port is 70000");
    assertThatThrownBy(() -> new StreamSettings(0, 1, 1, 1, 1, 1))
        .hasMessageContaining("streams.produceWindowBytes");
    assertThatThrownBy(() -> new GatewaySettings.Pools(1, 1, 0, 1, 1, 1, 1))
        .hasMessageContaining("pools.cold");
    assertThatThrownBy(() -> GatewaySettings.defaults().with(Duration.ZERO, Duration.ofDays(1)))
        .hasMessageContaining("heartbeat");
  }
}
