package io.thermocline.model;

import java.util.regex.Pattern;

/** The rule for the names of topics and consumer groups, the same as Kafka's. */
public final class TopicNames {
  private static final int MAX_LENGTH = 249;
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]+");

  private TopicNames() {}

  /**
   * Returns {@code name} when it is one to 249 of {@code [A-Za-z0-9._-]}, and neither {@code .} nor
   * {@code ..}.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} otherwise, saying what is wrong with it
   */
  public static String check(String name) {
    String problem = null;
    if (name.isEmpty()) {
      problem = "it is empty";
    } else if (name.length() > MAX_LENGTH) {
      problem = "it has " + name.length() + " characters, the limit is " + MAX_LENGTH;
    } else if (!LEGAL.matcher(name).matches()) {
      problem = "only letters, digits, '.', '_' and '-' are allowed";
    } else if (name.equals(".") || name.equals("..")) {
      problem = "'.' and '..' are not names";
    }
    if (problem != null) {
      String shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
      throw new ThermoclineException(
          ErrorKind.INVALID, "Not a valid name: '" + shown + "': " + problem);
    }
    return name;
  }
}
