package io.thermocline.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections that have begun HTTP/2 and then say nothing more. One thread opens them all. */
final class IdleConnections implements AutoCloseable {
  private static final int AT_A_TIME = 100;
  private static final int FRAME_HEAD_BYTES = 9;

  /** The preface, empty settings, and the acknowledgement of the server's. */
  private static final byte[] GREETING =
      ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0" + "\0\0\0\4\1\0\0\0\0")
          .getBytes(StandardCharsets.ISO_8859_1);

  private final InetSocketAddress address;
  private final Selector selector;
  private final List<SocketChannel> open = new ArrayList<>();
  private int underWay;
  private int greeted;

  private IdleConnections(InetSocketAddress address) throws IOException {
    this.address = address;
    this.selector = Selector.open();
  }

  /** Opens {@code count}, and waits until the server has said its settings on each. */
  static IdleConnections open(InetSocketAddress address, int count) throws IOException {
    IdleConnections connections = new IdleConnections(address);
    try {
      connections.greetAll(count);
      return connections;
    } catch (IOException | RuntimeException | Error e) {
      connections.close();
      throw e;
    }
  }

  /** How many there are. */
  int count() {
    return greeted;
  }

  private void greetAll(int count) throws IOException {
    while (greeted < count) {
      while (underWay < AT_A_TIME && open.size() < count) {
        begin();
      }
      int unused = selector.select(this::goOn);
    }
  }

  private void begin() throws IOException {
    SocketChannel channel = SocketChannel.open();
    open.add(channel);
    channel.configureBlocking(false);
    boolean connected = channel.connect(address);
    var unused =
        channel.register(
            selector,
            connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT,
            ByteBuffer.wrap(GREETING));
    underWay++;
  }

  private void goOn(SelectionKey key) {
    try {
      SocketChannel channel = (SocketChannel) key.channel();
      ByteBuffer buffer = (ByteBuffer) key.attachment();
      if (key.isConnectable() && channel.finishConnect()) {
        key.interestOps(SelectionKey.OP_WRITE);
      } else if (key.isWritable()) {
        int unused = channel.write(buffer);
        if (!buffer.hasRemaining()) {
          key.attach(ByteBuffer.allocate(FRAME_HEAD_BYTES));
          key.interestOps(SelectionKey.OP_READ);
        }
      } else if (key.isReadable()) {
        if (channel.read(buffer) < 0) {
          throw new IOException("The server closed connection " + greeted);
        }
        if (!buffer.hasRemaining()) {
          key.cancel();
          greeted++;
          underWay--;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : open) {
      channel.close();
    }
    selector.close();
  }
}
