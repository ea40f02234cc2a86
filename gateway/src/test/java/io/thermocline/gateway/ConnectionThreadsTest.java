package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionThreadsTest {
  private final EventLoopGroup threads = new ConnectionThreads();

  @AfterEach
  void end() {
    threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void oneThatComesAndGoesNeverSharesAThreadWithThoseThatStay() {
    List<EventLoop> taken =
        Stream.generate(this::connect).limit(3).map(Channel::eventLoop).toList();
    assertThat(new HashSet<>(taken)).hasSize(3);
    Set<EventLoop> used = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      Channel channel = connect();
      used.add(channel.eventLoop());
      channel.close().syncUninterruptibly();
    }
    assertThat(used).isNotEmpty().doesNotContainAnyElementsOf(taken);
  }

  @Test
  void whenAllAreTakenTheyAreSharedEvenly() {
    List<Channel> channels = Stream.generate(this::connect).limit(64).toList();
    Set<EventLoop> used = new HashSet<>(channels.stream().map(Channel::eventLoop).toList());
    int even = channels.size() / used.size();
    for (EventLoop thread : used) {
      assertThat(channels.stream().filter(channel -> channel.eventLoop().equals(thread)).count())
          .isBetween((long) even, even + 1L);
    }
  }

  private Channel connect() {
    Channel channel = new NioSocketChannel();
    threads.register(channel).syncUninterruptibly();
    return channel;
  }
}
