package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.OpenServer;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where records with a key go, over a socket. */
@Timeout(120)
class KeyedRecordsIT {
  @Test
  void recordsGoWhereTheirKeySaysAndKeepTheirOrderThere() {
    List<ConsumerRecord> records = new ArrayList<>();
    try (OpenServer server = new OpenServer()) {
      server.admin().createTopic("t", 3);
      try (Producer producer = server.client.producer(ProducerOptions.defaults())) {
        for (int i = 0; i < 1_000; i++) {
          var unused = producer.send(ProducerRecord.of("t", "key-" + i % 20, "" + i));
        }
      }
      try (Consumer consumer =
          server.client.consumer(ConsumerOptions.defaults().withFollow(false))) {
        consumer.subscribe("t", Start.earliest());
        consumer.forEach(records::add);
      }
    }
    Map<String, Integer> last = new HashMap<>();
    Set<Integer> partitions = new HashSet<>();
    assertThat(records).hasSize(1_000);
    for (ConsumerRecord record : records) {
      int number = Integer.parseInt(record.valueText());
      assertThat(number).isGreaterThan(last.getOrDefault(record.keyText(), -1));
      last.put(record.keyText(), number);
      assertThat(record.partition()).isEqualTo(KeyPartitioner.partition(record.key(), 3));
      partitions.add(record.partition());
    }
    assertThat(partitions).containsExactlyInAnyOrder(0, 1, 2);
  }
}
