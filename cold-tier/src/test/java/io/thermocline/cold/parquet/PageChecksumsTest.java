package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PageChecksumsTest {
  @Test
  void theyAreHandedOutInTheOrderTheyWereAdded() {
    PageChecksums.Stored stored = new PageChecksums.Stored(three());
    assertThat(stored.next(2)).containsExactly(1, -2);
    assertThat(stored.next(1)).containsExactly(0x01020304);
    stored.end();
  }

  @Test
  void asManyAsThereArePagesHaveToBeThere() {
    PageChecksums.Stored stored = new PageChecksums.Stored(three());
    assertThatThrownBy(() -> stored.next(4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(stored::end).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PageChecksums.Stored("no base64"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileThatHasNoneHasNoneForAnyPage() {
    PageChecksums.Stored none = new PageChecksums.Stored(null);
    assertThat(none.next(7)).isEmpty();
    none.end();
  }

  private static String three() {
    PageChecksums checksums = new PageChecksums();
    checksums.add(1);
    checksums.add(-2);
    checksums.add(0x01020304);
    return checksums.encoded();
  }
}
