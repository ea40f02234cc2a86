package io.thermocline.server.cli;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.DataLostException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.ThermoclineException.Violation;
import io.thermocline.server.config.FileFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells failures on stderr, each in one clear line, and picks the exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    lines(failure).forEach(line -> err.println("thermocline: " + line));
    if (isDefect(failure)) {
      failure.printStackTrace(err);
    }
    return exitCode(failure);
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine commandLine = failure.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.println("thermocline: " + failure.getMessage());
    boolean suggested =
        failure instanceof UnmatchedArgumentException unmatched
            && UnmatchedArgumentException.printSuggestions(unmatched, err);
    if (!suggested) {
      err.println("See: " + commandLine.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCode.USAGE;
  }

  static int exitCode(Throwable failure) {
    if (failure instanceof CommandFailure known) {
      return known.exitCode();
    }
    if (failure instanceof OutcomeUnknownException) {
      return ExitCode.OUTCOME_UNKNOWN;
    }
    if (failure instanceof DataLostException) {
      return ExitCode.DATA_LOST;
    }
    return failure instanceof ClientException client && client.retriable()
        ? ExitCode.TRY_LATER
        : ExitCode.FAILED;
  }

  static List<String> lines(Throwable failure) {
    List<String> lines = new ArrayList<>();
    if (failure instanceof ClientException client) {
      String prefix =
          client instanceof OutcomeUnknownException ? "it is not known whether it was done: " : "";
      lines.add(prefix + message(client));
      addViolations(lines, client.getMessage(), client.violations());
    } else if (failure instanceof ThermoclineException known) {
      lines.add(message(known));
      addViolations(lines, known.getMessage(), known.violations());
    } else if (failure instanceof UncheckedIOException unchecked) {
      return lines(unchecked.getCause());
    } else if (failure instanceof NoSuchFileException missing) {
      lines.add("no such file: " + missing.getFile());
    } else if (failure instanceof FileSystemException file) {
      lines.add(file.getFile() + ": " + FileFailure.reason(file));
    } else {
      lines.add(message(failure));
    }
    return lines;
  }

  /** A person can do nothing about it: then the stack trace is what they need to report it. */
  private static boolean isDefect(Throwable failure) {
    return !(failure instanceof ClientException
        || failure instanceof ThermoclineException
        || failure instanceof CommandFailure
        || failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof IllegalArgumentException);
  }

  private static void addViolations(
      List<String> lines, String message, List<Violation> violations) {
    for (Violation violation : violations) {
      if (!message.contains(violation.description())) {
        lines.add("  " + violation.field() + ": " + violation.description());
      }
    }
  }

  /** Without the line of carets that pointed into the line above it. */
  private static String onOneLine(String message) {
    return message
        .replaceAll("\\R\\h*\\^+\\h*(?=\\R|$)", "")
        .replaceAll("(?<=[:!?])\\s*\\R\\s*", " ")
        .replaceAll("\\s*\\R\\s*", "; ");
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isEmpty()
        ? failure.getClass().getSimpleName()
        : onOneLine(message);
  }
}
