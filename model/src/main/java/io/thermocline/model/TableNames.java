package io.thermocline.model;

import java.util.Locale;

/** How topics are named as tables. */
public final class TableNames {
  private TableNames() {}

  /** The table name of a topic: lower case, {@code .} and {@code -} as {@code _}. */
  public static String of(String topicName) {
    return topicName.toLowerCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
