package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.DeleteTopicRequest;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.GetTieringStatusRequest;
import io.thermocline.proto.v1.GetTopicRequest;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.PolicyServiceGrpc;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.proto.v1.VerifyRequest;
import io.thermocline.server.cli.ThermoclineCommand;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Secrets with a word in them that stands nowhere else: whatever a server is asked, whatever goes
 * wrong, that word is in no answer, log line, metric, command's output, or file.
 */
@Timeout(120)
class SecretsIT {
  private static final String CANARY = "kanarienvogel";

  private static final List<String> PAGES =
      List.of(
          "/metrics",
          "/readyz",
          "/healthz",
          "/iceberg/v1/config",
          "/iceberg/v1/namespaces",
          "/iceberg/v1/namespaces/thermocline/tables",
          "/iceberg/v1/namespaces/thermocline/tables/events",
          "/iceberg/v1/namespaces/thermocline/tables/events/credentials");

  @TempDir Path folder;
  private final StringBuilder said = new StringBuilder();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.thermocline");
  private Level before;

  @BeforeEach
  void listen() {
    before = ours.getLevel();
    ours.setLevel(Level.DEBUG);
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(log);
    ours.setLevel(before);
  }

  @Test
  void theKeyOfAStoreThatTakesItIsNowhere() throws Exception {
    try (S3Server s3 = S3Server.start()) {
      // The test's own server has a key of its own; it stands for the canary here.
      List<String> settings = store(s3);
      drive(settings, Map.of("SECRET", S3Server.SECRET_KEY));
      assertThat(said).contains("thermocline.topic-id");
      assertNowhere(S3Server.SECRET_KEY);
    }
  }

  @Test
  void theKeyOfAStoreThatRefusesItIsNowhere() throws Exception {
    try (S3Server s3 = S3Server.start()) {
      drive(store(s3), Map.of("SECRET", CANARY));
      assertThat(said).contains("403");
      assertNowhere(CANARY);
    }
  }

  private static List<String> store(S3Server s3) {
    return List.of(
        "storage.warehouse=s3://" + s3.newBucket() + "/lake",
        "storage.s3.endpoint=" + s3.endpoint(),
        "storage.s3.accessKey=env:KEY",
        "storage.s3.secretKey=env:SECRET",
        "storage.requestTimeout=2s");
  }

  @Test
  void thePasswordOfADatabaseThatCannotBeReachedIsNowhere() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), CANARY + "-2\n");
    drive(
        List.of(
            "catalog.type=jdbc",
            "catalog.properties=uri=env:CATALOG jdbc.sslpassword=file:" + password),
        Map.of("CATALOG", "jdbc:postgresql://127.0.0.1:1/lake?user=u&password=" + CANARY));
    assertThat(said).contains("jdbc:postgresql://127.0.0.1:1/lake");
    Files.delete(password);
    assertNowhere(CANARY);
  }

  @Test
  void theTokenOfACatalogThatCannotBeReachedIsNowhere() throws Exception {
    drive(
        List.of("catalog.type=rest", "catalog.properties=uri=http://127.0.0.1:1/ token=env:TOKEN"),
        Map.of("TOKEN", CANARY));
    assertThat(said).contains("127.0.0.1:1");
    assertNowhere(CANARY);
  }

  @Test
  void whatIsWrittenWhereAReferenceBelongsIsNotRepeated() throws Exception {
    Path file = folder.resolve("bad.yaml");
    for (String yaml :
        List.of(
            "storage: { s3: { secretKey: " + CANARY + " } }",
            "storage:\n  s3:\n    secretKey: " + CANARY + ": x",
            "storage:\n  s3:\n    secretKey: \"" + CANARY,
            "catalog: { properties: \"jdbc.password=" + CANARY + "\" }",
            "catalog: { properties: \"uri=jdbc:postgresql://h/d?password=" + CANARY + "\" }")) {
      Files.writeString(file, yaml);
      said.append(command("config", "explain", "--config", file.toString()));
    }
    assertThat(said).contains("bad.yaml:");
    Files.delete(file);
    assertNowhere(CANARY);
  }

  /** Asks all there is to ask; most of it fails where the store or the catalog does. */
  private void drive(List<String> settings, Map<String, String> environment) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("KEY", S3Server.ACCESS_KEY);
    List<String> whole = new ArrayList<>(settings);
    whole.addAll(
        List.of(
            "data.dir=" + folder.resolve("data"),
            "grpc.port=0",
            "http.port=0",
            "storage.minFree=1MiB",
            "tiering.checkInterval=10ms"));
    Configuration configuration = Configuration.load(Optional.empty(), all, whole);
    said.append(configuration.explain());
    ServerSettings parts = new ServerSettings(configuration);
    said.append(parts.cold(new UUID(1, 2))).append(parts.rest());
    try (ThermoclineServer server = ThermoclineServer.open(configuration, InstantSource.system())) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        askAll(channel);
      } finally {
        channel.shutdownNow();
      }
      for (String page : PAGES) {
        said.append(page(server, page));
      }
    } catch (ThermoclineException refused) {
      said.append(text(refused));
    }
  }

  private void askAll(ManagedChannel channel) {
    var topics = TopicServiceGrpc.newBlockingStub(channel);
    var streams = StreamServiceGrpc.newBlockingStub(channel);
    var tiering = TieringServiceGrpc.newBlockingStub(channel);
    ask(() -> topics.createTopic(CreateTopicRequest.newBuilder().setName("events").build()));
    PlainRecord record = PlainRecord.getDefaultInstance();
    ask(
        () ->
            streams.append(
                AppendRequest.newBuilder().setTopic("events").addRecords(record).build()));
    ask(
        () ->
            tiering.runTiering(
                RunTieringRequest.newBuilder().setTopic("events").setTrimAll(true).build()));
    ask(() -> tiering.getTieringStatus(GetTieringStatusRequest.getDefaultInstance()));
    ask(() -> streams.read(ReadRequest.newBuilder().setTopic("events").build()));
    ask(() -> topics.getTopic(GetTopicRequest.newBuilder().setName("events").build()));
    ask(() -> topics.listTopics(ListTopicsRequest.getDefaultInstance()));
    ask(
        () ->
            PolicyServiceGrpc.newBlockingStub(channel)
                .getPolicies(GetPoliciesRequest.getDefaultInstance()));
    ask(
        () ->
            list(
                QueryServiceGrpc.newBlockingStub(channel)
                    .query(QueryRequest.newBuilder().setSql("SELECT * FROM events").build())));
    ask(() -> list(tiering.verify(VerifyRequest.getDefaultInstance())));
    ask(() -> topics.deleteTopic(DeleteTopicRequest.newBuilder().setName("absent").build()));
  }

  private static <T> List<T> list(Iterator<T> answers) {
    List<T> all = new ArrayList<>();
    answers.forEachRemaining(all::add);
    return all;
  }

  private void ask(Supplier<?> call) {
    try {
      said.append(call.get()).append('\n');
    } catch (StatusRuntimeException refused) {
      said.append(refused).append(StatusProto.fromThrowable(refused)).append('\n');
    }
  }

  private static String page(ThermoclineServer server, String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + server.httpPort() + path);
    var answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    return answer.headers().map() + answer.body() + "\n";
  }

  private static String command(String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    CommandLine commandLine = ThermoclineCommand.commandLine().setOut(out).setErr(out);
    return commandLine.execute(arguments) + text.toString();
  }

  private static String text(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  private void assertNowhere(String secret) throws IOException {
    assertThat(said.toString()).doesNotContain(secret);
    List<ILoggingEvent> events;
    synchronized (log) { // as whoever appends holds it
      events = List.copyOf(log.list);
    }
    for (ILoggingEvent event : events) {
      assertThat(event.getFormattedMessage()).doesNotContain(secret);
      if (event.getThrowableProxy() != null) {
        assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).doesNotContain(secret);
      }
    }
    FilesBelow.each(
        folder,
        file -> {
          if (Files.isRegularFile(file)) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .as(file.toString())
                .doesNotContain(secret);
          }
        });
  }
}
