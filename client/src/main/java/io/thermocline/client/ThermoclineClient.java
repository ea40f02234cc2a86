package io.thermocline.client;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a Thermocline server: begin here.
 *
 * <pre>{@code
 * try (var client = ThermoclineClient.connect("localhost:7400", ClientOptions.defaults());
 *     var producer = client.producer(ProducerOptions.defaults())) {
 *   producer.send(ProducerRecord.of("quakes", "us7000", "{...}")).join();
 * }
 * }</pre>
 *
 * <p>Thread-safe. Close producers and consumers before their client.
 */
public final class ThermoclineClient implements AutoCloseable {
  private static final int MIB = 1 << 20;

  /** Room for the largest batch, and its fields. */
  private static final int MAX_MESSAGE_BYTES = 34 * MIB;

  private static final int FLOW_CONTROL_WINDOW = 4 * MIB;

  /** Keeps the connection busy while the sender's thread makes the next batch. */
  private static final int ON_READY_BYTES = 2 * MIB;

  private static final long CLOSE_SECONDS = 5;

  private final ManagedChannel channel;
  private final ClientOptions options;
  private final Admin admin;
  private final TopicPartitions topics;

  private ThermoclineClient(ManagedChannel channel, ClientOptions options) {
    this.channel = channel;
    this.options = options;
    this.admin = new Admin(channel, options);
    this.topics = new TopicPartitions(name -> admin.topic(name).partitionCount(), System::nanoTime);
  }

  /**
   * A client of the server at {@code address}, as in {@code localhost:7400}. It connects when first
   * used, and again whenever the connection is lost.
   *
   * @throws IllegalArgumentException when it is not an address
   */
  public static ThermoclineClient connect(String address, ClientOptions options) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(address)
            .usePlaintext()
            // Calls that were sent are never sent again unasked: a write would be applied twice.
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .keepAliveTime(options.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
            .build();
    return new ThermoclineClient(channel, options);
  }

  /** Topics, offsets, groups, tiering, policies, SQL. */
  public Admin admin() {
    return admin;
  }

  /** A new producer; close it. */
  public Producer producer(ProducerOptions options) {
    GrpcStreams<io.thermocline.proto.v1.ProduceRequest, io.thermocline.proto.v1.ProduceResponse>
        streams =
            new GrpcStreams<>(
                channel,
                StreamServiceGrpc.getProduceMethod(),
                // An answer is only noted for the producer's thread: no need of one more between.
                CallOptions.DEFAULT
                    .withOnReadyThreshold(ON_READY_BYTES)
                    .withExecutor(Runnable::run));
    return new Producer(
        options,
        topics,
        streams,
        new GrpcIdentities(channel, this.options.requestTimeout()),
        InstantSource.system(),
        System::nanoTime);
  }

  /** A new consumer; close it. */
  public Consumer consumer(ConsumerOptions options) {
    FetchSession session =
        new FetchSession(
            options,
            new GrpcStreams<>(channel, StreamServiceGrpc.getFetchMethod(), CallOptions.DEFAULT),
            System::nanoTime);
    return new Consumer(
        options, session, new ConsumerGroup(options.group(), admin), topics, System::nanoTime);
  }

  /** Closes the connection; calls that are still running fail. */
  @Override
  public void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
