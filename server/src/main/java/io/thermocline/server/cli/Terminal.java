package io.thermocline.server.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/** Whether a person is watching. */
final class Terminal {
  private Terminal() {}

  /** From JDK 22 on there is always a console, which says itself whether it is a terminal. */
  static boolean isThere() {
    return Optional.ofNullable(System.console()).map(Terminal::isTerminal).orElse(false);
  }

  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
