package io.thermocline.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import io.thermocline.server.config.ConfigKeys;
import io.thermocline.server.config.Configuration;
import java.net.URL;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets the log up as the configuration says. */
public final class Logging {
  private Logging() {}

  static void configure(Configuration configuration) {
    configure(configuration.get(ConfigKeys.LOG_FORMAT), configuration.get(ConfigKeys.LOG_LEVEL));
  }

  /**
   * Sets format ({@code text} or {@code json}) and level of our own lines, and takes in what
   * libraries write by {@code java.util.logging}.
   */
  public static void configure(String format, String level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    URL file = Logging.class.getResource("/logback.xml");
    context.reset();
    context.putProperty("thermocline.log.format", format);
    context.putProperty("thermocline.log.level", level);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(file);
    } catch (JoranException e) {
      throw new IllegalStateException("logback.xml of this build is wrong", e);
    }
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
