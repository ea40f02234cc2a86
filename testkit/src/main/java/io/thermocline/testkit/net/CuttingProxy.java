package io.thermocline.testkit.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP proxy that cuts connections in the middle of what they carry: on the way there, so that the
 * server never acts or acts on a part, and on the way back, so that it has acted and nobody hears
 * of it. Where it cuts is drawn from its seed; when that happens depends on the threads of both
 * ends.
 *
 * <p>Has a port of its own, so the server behind it may come back on another one.
 */
public final class CuttingProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CuttingProxy.class);
  private static final int CHUNK = 4096;

  private final ServerSocket listener;
  private final SplittableRandom random;
  private final int maxBytesThere;
  private final int maxBytesBack;
  private final AtomicInteger cuts = new AtomicInteger();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private final AtomicInteger cutsLeft;

  /** Both ends of a connection. */
  private static final class Connection {
    private final Socket near;
    private final Socket far;
    private volatile boolean answersAreLost;

    Connection(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }
  }

  /**
   * Listens on the loopback, in front of a port there.
   *
   * @param cutsToMake so many connections are cut, all later ones are left alone
   * @param maxBytesThere a connection carries at most so many bytes to the server before it is cut
   * @param maxBytesBack or at most so many back, whatever comes first
   */
  public CuttingProxy(int target, long seed, int cutsToMake, int maxBytesThere, int maxBytesBack) {
    this.target = target;
    this.random = new SplittableRandom(seed);
    this.cutsLeft = new AtomicInteger(cutsToMake);
    this.maxBytesThere = maxBytesThere;
    this.maxBytesBack = maxBytesBack;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("proxy-accept", this::accept);
  }

  /** Where it listens, as host and port. */
  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** The server is on another port from now on. */
  public void moveTo(int port) {
    target = port;
  }

  /**
   * From now on the server is not heard on the connections there are; it hears what comes on them.
   */
  public void loseAnswers() {
    open.forEach(connection -> connection.answersAreLost = true);
  }

  /** Cuts the connections there are: nothing gets through on them any more, either way. */
  public void cutNow() {
    for (Connection connection : List.copyOf(open)) {
      if (open.remove(connection)) {
        cuts.incrementAndGet();
        close(connection.near);
        close(connection.far);
      }
    }
  }

  /** How many connections were cut. */
  public int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      acceptOne();
    }
  }

  /** A client that finds no server, or goes at once, is none of the next one's business. */
  private void acceptOne() {
    try {
      Socket near = listener.accept();
      try {
        connect(near);
      } catch (IOException noServer) {
        near.close();
      }
    } catch (IOException over) {
      LOG.debug("A connection was not taken", over);
    }
  }

  private void connect(Socket near) throws IOException {
    Socket far = new Socket();
    try {
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
    } catch (IOException e) {
      far.close();
      throw e;
    }
    Connection connection = new Connection(near, far);
    open.add(connection);
    boolean cut = cutsLeft.get() > 0;
    boolean there = random.nextBoolean();
    long bytesThere = cut && there ? random.nextInt(maxBytesThere) : Long.MAX_VALUE;
    long bytesBack = cut && !there ? random.nextInt(maxBytesBack) : Long.MAX_VALUE;
    daemon("proxy-there", () -> pump(connection, true, bytesThere));
    daemon("proxy-back", () -> pump(connection, false, bytesBack));
  }

  /** Carries bytes until there are no more, or so many are through: then both ends are closed. */
  private void pump(Connection connection, boolean there, long bytes) {
    byte[] chunk = new byte[CHUNK];
    long left = bytes;
    Socket from = there ? connection.near : connection.far;
    Socket to = there ? connection.far : connection.near;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        if (there || !connection.answersAreLost) {
          out.write(chunk, 0, (int) Math.min(read, left));
        }
        left -= read;
        if (left <= 0) {
          cuts.incrementAndGet();
          cutsLeft.decrementAndGet();
          return;
        }
      }
    } catch (IOException closed) {
      LOG.debug("The other direction, or one of the ends, is over", closed);
    } finally {
      open.remove(connection);
    }
  }

  private static void close(Socket end) {
    try {
      end.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes no more connections; those there are go on until their ends close them. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
