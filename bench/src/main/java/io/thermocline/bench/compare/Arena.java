package io.thermocline.bench.compare;

import java.nio.file.Path;

/**
 * One side of the comparison, as a case sees it.
 *
 * @param contender whose side it is
 * @param broker running and warmed up
 * @param directory for servers that a case starts itself
 * @param home the checkout
 * @param isOurs whether the server is Thermocline's
 */
public record Arena(
    Contender contender, Broker broker, Path directory, Path home, Scale scale, boolean isOurs) {

  /** A name no topic had before. */
  public String newTopic(String caseName) {
    return caseName + "-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
  }
}
