package io.thermocline.server;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The root pom, where versions stand. */
final class Pom {
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>thermocline</artifactId>\\s*<version>([^<]+)</version>");

  private Pom() {}

  /** Of this build. */
  static String version() throws IOException {
    Matcher found = VERSION.matcher(Repository.text("pom.xml"));
    if (!found.find()) {
      throw new IllegalStateException("No version in pom.xml");
    }
    return found.group(1);
  }
}
