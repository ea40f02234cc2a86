package io.thermocline.client;

import io.thermocline.client.admin.Admin;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.wire.Calls;
import io.thermocline.client.wire.Connection;
import io.thermocline.client.wire.Connections;
import io.thermocline.client.wire.TopicPartitions;

/**
 * The client of a Thermocline server: begin here. It has one connection of its own, and each
 * producer and each consumer has another.
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
  private final Connections connections;
  private final ClientOptions options;
  private final Admin admin;
  private final TopicPartitions topics;

  private ThermoclineClient(Connections connections, ClientOptions options) {
    this.connections = connections;
    this.options = options;
    this.admin = Admin.open(calls(connections.open()));
    this.topics =
        new TopicPartitions(
            name -> admin.topic(name).partitionCount(),
            System::nanoTime,
            ThermoclineClient::onItsOwnThread);
  }

  /**
   * A client of the server at {@code address}, as in {@code localhost:7400}. It connects when first
   * used, once for itself and once for each producer and consumer, and again whenever a connection
   * is lost.
   *
   * @throws IllegalArgumentException when it is not an address
   */
  public static ThermoclineClient connect(String address, ClientOptions options) {
    return new ThermoclineClient(new Connections(address, options.keepAlive()), options);
  }

  /** Topics, offsets, groups, tiering, policies, SQL. */
  public Admin admin() {
    return admin;
  }

  /**
   * A new producer; close it.
   *
   * @throws IllegalStateException when this client is closed
   */
  public Producer producer(ProducerOptions options) {
    Connection connection = connections.open();
    return Producer.open(options, connection, calls(connection), topics);
  }

  /**
   * A new consumer; close it.
   *
   * @throws IllegalStateException when this client is closed
   */
  public Consumer consumer(ConsumerOptions options) {
    return Consumer.open(
        options, connections.open(), topics, admin::groupOffsets, admin::commitOffsets);
  }

  private Calls calls(Connection connection) {
    return connection.calls(options.requestTimeout(), options.longRequestTimeout());
  }

  /** Rare and short, as the client's own calls are: not worth a pool to keep and to close. */
  private static void onItsOwnThread(Runnable lookUp) {
    Thread thread = new Thread(lookUp, "thermocline-look-up");
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes all connections; calls that are still running after some seconds fail. */
  @Override
  public void close() {
    connections.close();
  }
}
