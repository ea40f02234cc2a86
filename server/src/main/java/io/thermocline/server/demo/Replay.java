package io.thermocline.server.demo;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.model.Tier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a topic from offset 0 to its end and compares every record with what was produced.
 *
 * @param fromCold records that came out of Parquet
 * @param fromHot records that came from local disk
 * @param seam offset of the first record from local disk
 */
record Replay(long fromCold, long fromHot, long seam) {

  /**
   * Replays partition 0.
   *
   * @throws DemoFailedException on the first record that is not the one expected at its offset
   */
  static Replay run(ThermoclineClient client, String topic, List<SampleStream.Event> expected) {
    long cold = 0;
    long hot = 0;
    long seam = -1;
    int next = 0;
    try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
      consumer.subscribe(topic, Start.earliest());
      for (ConsumerRecord record : consumer) {
        if (next == expected.size()) {
          throw new DemoFailedException("More records than were produced: " + record);
        }
        check(record, next, expected.get(next));
        next++;
        if (record.tier() == Tier.COLD) {
          cold++;
        } else {
          hot++;
          seam = seam < 0 ? record.offset() : seam;
        }
      }
    }
    if (next != expected.size()) {
      throw new DemoFailedException(
          "Records are missing: %d produced, %d replayed".formatted(expected.size(), next));
    }
    return new Replay(cold, hot, seam);
  }

  private static void check(ConsumerRecord record, long offset, SampleStream.Event event) {
    if (record.offset() != offset) {
      throw new DemoFailedException(
          "Offset %d expected, %d replayed".formatted(offset, record.offset()));
    }
    boolean same =
        record.timestampMillis() == event.timestampMillis()
            && Arrays.equals(record.key(), event.id().getBytes(StandardCharsets.UTF_8))
            && Arrays.equals(record.value(), event.json().getBytes(StandardCharsets.UTF_8))
            && record.headers().isEmpty();
    if (!same) {
      throw new DemoFailedException("The record at offset " + offset + " is not what was produced");
    }
  }
}
