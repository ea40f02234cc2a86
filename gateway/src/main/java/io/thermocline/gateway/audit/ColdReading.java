package io.thermocline.gateway.audit;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads every data file that the table has of a partition. Used once. */
final class ColdReading {
  /** Merging replaces files by size classes, so a range is not rewritten more often by far. */
  private static final int MAX_ROUNDS = 8;

  private final TopicPartition id;
  private final ColdTier cold;
  private final Optional<SecondReader> second;
  private final Function<TopicPartition, ColdPartition> lookAgain;
  private final Round round;
  private final Set<String> read = new HashSet<>();

  ColdReading(
      TopicPartition id,
      ColdTier cold,
      Optional<SecondReader> second,
      Function<TopicPartition, ColdPartition> lookAgain,
      Round round) {
    this.id = id;
    this.cold = cold;
    this.second = second;
    this.lookAgain = lookAgain;
    this.round = round;
  }

  /** Reads the files of a look at the table, and those that replaced some of them meanwhile. */
  void run(ColdPartition seen) {
    tellOf(seen);
    List<ColdFile> files = seen.files();
    for (int i = 0; i < MAX_ROUNDS && !files.isEmpty(); i++) {
      List<OffsetRange> replaced = new ArrayList<>();
      for (ColdFile file : files) {
        read.add(file.location());
        if (!isRightOrTold(file)) {
          replaced.add(file.span().range());
        }
      }
      files = replaced.isEmpty() ? List.of() : replacements(replaced);
    }
    for (ColdFile file : files) {
      round
          .watch()
          .note(id, file.location(), "replaced again and again while it was looked at: not read");
    }
  }

  private List<ColdFile> replacements(List<OffsetRange> replaced) {
    return lookAgain.apply(id).files().stream()
        .filter(file -> !read.contains(file.location()))
        .filter(
            file ->
                replaced.stream()
                    .anyMatch(range -> !range.intersect(file.span().range()).isEmpty()))
        .toList();
  }

  /** What the table itself says, and the offsets that none of its files has. */
  private void tellOf(ColdPartition seen) {
    for (OffsetRange lost : seen.lost()) {
      round.watch().damage(id, lost, "", "recorded as damaged before they could be tiered");
    }
    if (seen.problem().isEmpty()) {
      return;
    }
    ColdPartition now = lookAgain.apply(id);
    if (now.problem().isEmpty()) {
      return;
    }
    round.watch().damage(id, "", now.problem().get());
    long covered = now.logStart();
    for (ColdFile file : now.files()) {
      tellUncovered(covered, file.span().range().from());
      covered = Math.max(covered, file.span().range().to());
    }
    tellUncovered(covered, now.tieredTo());
  }

  private void tellUncovered(long from, long to) {
    if (from < to) {
      round
          .watch()
          .damage(id, new OffsetRange(from, to), "", "no file that is known to be right has these");
    }
  }

  /** Whether the file needs no further look: it is right, or what is wrong was told. */
  private boolean isRightOrTold(ColdFile file) {
    List<Suspicion> suspicions = suspicions(file);
    round.count(round.totals().plusFile(file.rows(), file.span().bytes()));
    if (suspicions.isEmpty()) {
      return true;
    }
    ColdPartition now = lookAgain.apply(id);
    if (now.files().stream().noneMatch(each -> each.location().equals(file.location()))) {
      return file.span().range().to() <= now.logStart();
    }
    for (Suspicion suspicion : suspicions) {
      long from = Math.max(suspicion.offsets().from(), now.logStart());
      if (from < suspicion.offsets().to()) {
        OffsetRange left = new OffsetRange(from, suspicion.offsets().to());
        round.watch().damage(id, left, suspicion.place(), suspicion.problem());
      }
    }
    return true;
  }

  private List<Suspicion> suspicions(ColdFile file) {
    try {
      ContentSums ours = cold.audit(id.topic(), file, round.watch()::reading);
      return second.isPresent() ? compared(file, ours, second.get()) : List.of();
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      return List.of(new Suspicion(file.span().range(), file.location(), e.getMessage()));
    }
  }

  private List<Suspicion> compared(ColdFile file, ContentSums ours, SecondReader reader) {
    round.watch().reading(file.span().bytes());
    try (ColdTier.LocalFile local = cold.local(file)) {
      return ours.differences(reader.sums(local.path(), file.span().range())).stream()
          .map(
              range ->
                  new Suspicion(
                      range, file.location(), reader.name() + " reads other records than we do"))
          .toList();
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.EXHAUSTED) {
        throw e;
      }
      round
          .watch()
          .note(
              id,
              file.location(),
              "not compared with %s: %s".formatted(reader.name(), e.getMessage()));
      return List.of();
    }
  }
}
