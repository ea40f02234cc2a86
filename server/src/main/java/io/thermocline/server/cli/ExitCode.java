package io.thermocline.server.cli;

/** What the command's exit code says; part of its interface, and shown by {@code --help}. */
final class ExitCode {
  /** Done. */
  static final int OK = 0;

  /** It failed, and nothing was changed by what failed. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** A write may have happened: look before repeating it. */
  static final int OUTCOME_UNKNOWN = 3;

  /** The server can't be reached, or can't do it now: try again later. */
  static final int TRY_LATER = 4;

  /** Stored records are damaged; they were named, or left out of the output. */
  static final int DATA_LOST = 5;

  private ExitCode() {}
}
