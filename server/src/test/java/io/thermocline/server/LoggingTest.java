package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private static final java.util.logging.Logger LIBRARY =
      java.util.logging.Logger.getLogger("io.grpc.test");
  private static final java.util.logging.Logger CALLS =
      java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerHandler");

  @Test
  void takesInOnceWhatLibrariesWriteByTheirOwnLogger() {
    Logging.configure("text", "info");
    Logging.configure("text", "info");
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(seen);
    try {
      LIBRARY.warning("something is wrong");
      LIBRARY.fine("what it does all day");
      CALLS.log(Level.WARNING, "Stream Error", new IllegalStateException("closed before a write"));
    } finally {
      root.detachAppender(seen);
    }
    assertThat(seen.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("something is wrong");
  }
}
