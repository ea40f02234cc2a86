package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "orders", "web.orders-v2_EU", "...", "-", "_", ".a", "0"})
  void goodNamesPass(String name) {
    assertThat(TopicNames.check(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "a/b", "../a", "a b", "a\\b", "größe", "a\u0000", "a\n", "名"})
  void badNamesAreInvalid(String name) {
    assertThatThrownBy(() -> TopicNames.check(name))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID));
  }

  @Test
  void aNameHas249CharactersAtMost() {
    assertThat(TopicNames.check("n".repeat(249))).hasSize(249);
    assertThatThrownBy(() -> TopicNames.check("n".repeat(250))).hasMessageContaining("250");
  }

  @Test
  void aLongBadNameIsNotRepeatedWholeInTheMessage() {
    assertThatThrownBy(() -> TopicNames.check("n".repeat(100_000)))
        .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void aTopicIdChecksItsName() {
    assertThatThrownBy(() -> new TopicId(new UUID(0, 1), "a/b"))
        .isInstanceOf(ThermoclineException.class);
  }

  @ParameterizedTest
  @CsvSource({"orders, orders", "Web.Orders-V2, web_orders_v2", "a_b, a_b", "..., ___", "IDs, ids"})
  void tableNamesAreLowerCaseWithUnderscores(String topic, String table) {
    assertThat(TableNames.of(topic)).isEqualTo(table);
  }
}
