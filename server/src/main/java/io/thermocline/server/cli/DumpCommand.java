package io.thermocline.server.cli;

import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.hot.journal.JournalScan;
import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.hot.segment.SegmentPart;
import io.thermocline.hot.segment.SegmentPlace;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline dump}. */
@Command(
    name = "dump",
    description = {
      "Print the batches of segment files, and check them, or the frames of a journal file. Needs no"
          + " server, and goes on after damage.",
      "",
      "Of a running server's newest segment the last batches may be half written.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline dump data/hot/topics",
      "  thermocline dump 00000000000000000000.log --records --json",
      "  thermocline dump data/hot/journal-0",
    })
final class DumpCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE|DIRECTORY",
      description =
          "A .log or .cut file, a journal file, or a directory with .log files in it or below it.")
  private Path path;

  @Option(names = "--records", description = "Print the records of each batch too.")
  private boolean withRecords;

  @Option(names = "--json", description = "Print JSON, for programs: one object a line.")
  private boolean json;

  @Option(
      names = "--topic-id",
      paramLabel = "UUID",
      converter = Limits.Id.class,
      description =
          "Whose file it is, where its path does not say so: headers' checksums are seeded with it."
              + " With --partition and --base-offset.")
  private UUID topicId;

  @Option(
      names = "--partition",
      paramLabel = "N",
      converter = Limits.Partition.class,
      description = "The partition's number.")
  private Integer partition;

  @Option(
      names = "--base-offset",
      paramLabel = "N",
      converter = Limits.Offset.class,
      description = "The segment's first offset: its file's name, as a hot tier gives it.")
  private Long baseOffset;

  @Spec private CommandSpec spec;

  private final PayloadReader payloads =
      new PayloadReader(BatchLimits.defaults().maxUncompressedBytes());
  private final RecordCursor cursor = new RecordCursor();

  @Override
  public Integer call() throws IOException {
    boolean directory = Files.isDirectory(path);
    Optional<SegmentPlace> place = place();
    if (directory && place.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "--topic-id, --partition and --base-offset tell of one file: "
              + path
              + " is a directory");
    }
    List<Path> files = directory ? SegmentDump.filesIn(path) : List.of(path);
    DumpOutput out =
        json
            ? new JsonDumpOutput(spec.commandLine().getOut())
            : new TextDumpOutput(spec.commandLine().getOut());
    if (files.isEmpty()) {
      throw CommandFailure.of("there are no segment files in " + path);
    }
    if (!directory && JournalScan.isJournal(path)) {
      printJournal(out);
      return ExitCode.OK;
    }
    boolean damaged = false;
    for (Path file : files) {
      try (SegmentDump dump = SegmentDump.open(file, place)) {
        damaged |= print(dump, out);
      }
    }
    return damaged ? ExitCode.DATA_LOST : ExitCode.OK;
  }

  /** A frame that is not whole was being written, nearly always: nobody counts on it. */
  private void printJournal(DumpOutput out) throws IOException {
    long frames = 0;
    long entries = 0;
    try (JournalScan journal = JournalScan.open(path)) {
      out.begin(journal);
      for (var part = journal.next(); part.isPresent(); part = journal.next()) {
        if (part.get() instanceof JournalScan.Whole frame) {
          frames++;
          entries += frame.entries().size();
          out.frame(frame);
        } else if (part.get() instanceof JournalScan.Torn frame) {
          out.torn(frame);
        }
      }
      out.end(journal, frames, entries);
    }
  }

  private Optional<SegmentPlace> place() {
    if (topicId == null && partition == null && baseOffset == null) {
      return Optional.empty();
    }
    if (topicId == null || partition == null || baseOffset == null) {
      throw new ParameterException(
          spec.commandLine(), "--topic-id, --partition and --base-offset go together");
    }
    return Optional.of(new SegmentPlace(topicId, partition, baseOffset, 0));
  }

  /**
   * @return whether anything is damaged
   */
  private boolean print(SegmentDump dump, DumpOutput out) throws IOException {
    out.begin(dump);
    DumpSums sums = new DumpSums();
    for (Optional<SegmentPart> part = dump.next(); part.isPresent(); part = dump.next()) {
      if (part.get() instanceof StoredBatch batch) {
        sums.add(batch);
        out.batch(batch);
        if (withRecords && dump.batch().isPresent()) {
          printRecords(dump.batch().get(), out);
        }
      } else if (part.get() instanceof DamagedBytes damage) {
        sums.add(damage);
        out.damage(damage);
      }
    }
    out.end(dump, sums);
    return sums.isDamaged();
  }

  /** Records that can't be read are among the batch's problems already. */
  private void printRecords(RecordBatch batch, DumpOutput out) {
    try {
      RecordCursor unused =
          cursor.reset(
              payloads.open(batch.content()),
              batch.baseOffset(),
              batch.content().baseTimestampMillis());
      while (cursor.next()) {
        out.record(cursor);
      }
    } catch (ThermoclineException unreadable) {
      out.unreadable(batch.range(), unreadable.getMessage());
    }
  }
}
