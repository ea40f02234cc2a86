package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thermocline.model.ColdCommit.Move;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ColdCommitTest {
  private record File(int partition, Span span) implements ColdFile {
    @Override
    public long rows() {
      return 1;
    }

    @Override
    public String location() {
      return "memory:" + span.range();
    }
  }

  @Test
  void filesMayLeaveGapsInsideTheMove() {
    Move move = move(10, 40, file(0, 12, 20), file(0, 20, 30), file(0, 35, 40));

    assertThat(move.files()).hasSize(3);
  }

  @Test
  void aMoveMayBringNothing() {
    assertThat(move(10, 10).files()).isEmpty();
    assertThat(move(10, 20).files()).isEmpty();
  }

  @Test
  void filesOutsideTheMoveDoNotFit() {
    assertThatIllegalArgumentException().isThrownBy(() -> move(10, 20, file(0, 9, 15)));
    assertThatIllegalArgumentException().isThrownBy(() -> move(10, 20, file(0, 15, 21)));
  }

  @Test
  void filesThatOverlapOrAreOutOfOrderDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> move(10, 40, file(0, 10, 20), file(0, 19, 30)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> move(10, 40, file(0, 20, 30), file(0, 10, 20)));
  }

  @Test
  void aFileOfAnotherPartitionDoesNotFit() {
    assertThatIllegalArgumentException().isThrownBy(() -> move(10, 20, file(1, 10, 20)));
  }

  @Test
  void aMoveCannotRunBackwardsOrBelowZero() {
    assertThatIllegalArgumentException().isThrownBy(() -> move(10, 9));
    assertThatIllegalArgumentException().isThrownBy(() -> move(-1, 9));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Move(0, 0, 1, -1, List.of(), List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Move(-1, 0, 1, 0, List.of(), List.of()));
  }

  @Test
  void aCommitMovesEachPartitionOnce() {
    UUID id = new UUID(0, 1);

    assertThat(new ColdCommit(id, List.of(move(0, 1))).moves()).hasSize(1);
    assertThatIllegalArgumentException().isThrownBy(() -> new ColdCommit(id, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ColdCommit(id, List.of(move(0, 1), move(1, 2))));
  }

  private static Move move(long from, long to, ColdFile... files) {
    return new Move(0, from, to, 0, List.of(files), List.of());
  }

  private static ColdFile file(int partition, long from, long to) {
    return new File(partition, new Span(new OffsetRange(from, to), 1, 0, 0, true));
  }
}
