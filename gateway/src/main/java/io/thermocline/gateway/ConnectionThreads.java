package io.thermocline.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The threads that move connections' bytes, started as they are needed. A new connection goes to a
 * thread that has the fewest: as long as there are not more of them than threads, none waits while
 * another's megabytes are copied. Thread-safe.
 */
final class ConnectionThreads extends MultiThreadIoEventLoopGroup {
  /** More than processors: most are idle, and the kernel shares out processors fairly. */
  private static final int MIN_THREADS = 8;

  /** Open connections by thread. Guarded by itself. */
  private final Map<EventLoop, Integer> connections = new LinkedHashMap<>();

  ConnectionThreads() {
    super(
        Math.max(MIN_THREADS, 2 * Runtime.getRuntime().availableProcessors()),
        new DefaultThreadFactory("gateway-wire", true),
        NioIoHandler.newFactory());
    for (EventExecutor thread : this) {
      connections.put((EventLoop) thread, 0);
    }
  }

  @Override
  public ChannelFuture register(Channel channel) {
    EventLoop thread = take();
    var unused = channel.closeFuture().addListener(closed -> giveBack(thread));
    return thread.register(channel);
  }

  private EventLoop take() {
    synchronized (connections) {
      Map.Entry<EventLoop, Integer> fewest = null;
      for (Map.Entry<EventLoop, Integer> each : connections.entrySet()) {
        if (fewest == null || each.getValue() < fewest.getValue()) {
          fewest = each;
        }
      }
      fewest.setValue(fewest.getValue() + 1);
      return fewest.getKey();
    }
  }

  private void giveBack(EventLoop thread) {
    synchronized (connections) {
      connections.merge(thread, -1, Integer::sum);
    }
  }
}
