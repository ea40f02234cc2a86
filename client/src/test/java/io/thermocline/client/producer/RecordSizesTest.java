package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.model.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordSizesTest {
  private static final char[] CHARS = {'a', 'é', '€', '\uD83D', '\uDBFF', '\uDC00', '\uDE00'};

  private final RecordSizes sizes = new RecordSizes(1 << 20);

  private int sizeWithHeader(String name) {
    return sizes.of(ProducerRecord.of("t", "k", "v").withHeader(name, "x"), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uD83D", "x\uDE00", "\uDE00\uD83D", "\uD83D\uD83D\uDE00", "\uD83Dx"})
  void headerNameWithHalfOfASurrogatePairIsRefused(String name) {
    assertThatThrownBy(() -> sizeWithHeader(name))
        .isInstanceOfSatisfying(
            NotAppliedException.class,
            refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID));
  }

  @Test
  void headerNameIsCountedWithAtLeastItsBytes() {
    for (String name :
        new String[] {"", "abc", "é€", "\uD83D\uDE00", "x\uD83D\uDE00\uDBFF\uDC00"}) {
      int bytes = name.getBytes(StandardCharsets.UTF_8).length;
      assertThat(sizeWithHeader(name) - sizeWithHeader("")).as(name).isGreaterThanOrEqualTo(bytes);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void headerNamesAreTakenThatCanBeEncodedAndNoOthers(long seed) {
    Random random = new Random(seed);
    StringBuilder name = new StringBuilder();
    for (int length = random.nextInt(6); length > 0; length--) {
      name.append(CHARS[random.nextInt(CHARS.length)]);
    }
    boolean canEncode = StandardCharsets.UTF_8.newEncoder().canEncode(name);
    assertThat(isTaken(name.toString())).isEqualTo(canEncode);
  }

  private boolean isTaken(String name) {
    try {
      return sizeWithHeader(name) > 0;
    } catch (NotAppliedException refused) {
      return false;
    }
  }
}
