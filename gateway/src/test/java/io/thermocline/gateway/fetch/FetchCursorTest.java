package io.thermocline.gateway.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.stream.NamedPartition;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.proto.v1.AddPartition;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FetchCursorTest {
  @Test
  void creditGivenBackOnTopOfTheMostThereIsStaysTheMost() {
    FetchCursor cursor =
        new FetchCursor(
            new NamedPartition("t", 0),
            1,
            true,
            OptionalLong.empty(),
            ResponseLimit.of(AddPartition.getDefaultInstance()),
            Long.MAX_VALUE);
    cursor.unread(1);
    assertThat(cursor.mayRead()).isTrue();
  }
}
