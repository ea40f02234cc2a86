package io.thermocline.tiering.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicGlobTest {
  @ParameterizedTest
  @CsvSource({
    "*, a, true",
    "orders.*, orders.eu, true",
    "orders.*, orders, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "*.dead, a.b.dead, true",
    "a*b*c, axxbyyc, true",
    "a*b*c, axxbyy, false",
    "A, a, false",
  })
  void matches(String glob, String topic, boolean matches) {
    assertThat(new TopicGlob(glob).matches(topic)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "*, a*, true",
    "a*, a?b*, true",
    "a?, a*, false",
    "a?, ab, true",
    "?, *, false",
    "a*, *, false",
    "a*c, a*b*c, true",
    "orders.*, orders.*, true",
  })
  void covers(String glob, String other, boolean covers) {
    assertThat(new TopicGlob(glob).covers(new TopicGlob(other))).isEqualTo(covers);
  }

  @Test
  void whatACoveredPatternMatchesIsMatchedByTheCoveringOne() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      TopicGlob one = new TopicGlob(word(random, "ab*?"));
      TopicGlob other = new TopicGlob(word(random, "ab*?"));
      String name = word(random, "ab");
      if (one.covers(other) && other.matches(name)) {
        assertThat(one.matches(name)).as("%s covers %s: %s", one, other, name).isTrue();
      }
    }
  }

  private static String word(Random random, String of) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      word.append(of.charAt(random.nextInt(of.length())));
    }
    return word.toString();
  }
}
