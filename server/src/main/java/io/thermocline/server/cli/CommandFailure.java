package io.thermocline.server.cli;

/** A failure that is told in one line, with the exit code it ends the command with. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** An ordinary failure. */
  static CommandFailure of(String message) {
    return new CommandFailure(ExitCode.FAILED, message);
  }

  int exitCode() {
    return exitCode;
  }
}
