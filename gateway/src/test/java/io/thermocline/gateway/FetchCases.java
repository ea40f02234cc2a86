package io.thermocline.gateway;

import io.thermocline.model.HotTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** An open gateway to fetch from, and what lies in it. */
abstract class FetchCases {
  static final int KIB = 1024;

  OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  /** Another gateway, with other settings. */
  final void reopen(UnaryOperator<GatewaySettings> settings) {
    reopen(settings, UnaryOperator.identity());
  }

  /** The same, which sees its hot tier through what is put around it. */
  final void reopen(UnaryOperator<GatewaySettings> settings, UnaryOperator<HotTier> aroundHot) {
    gateway.close();
    gateway = new OpenGateway(settings, aroundHot, UnaryOperator.identity());
  }

  /** Batches of ten plain records each, the older half of them in the cold tier alone. */
  final TopicPartition halfTiered(String topic, int batches) {
    TopicPartition id = gateway.partition(topic);
    append(id, 0, batches / 2);
    gateway.tiering.trim(id, gateway.tiering.tier(id));
    append(id, batches / 2, batches);
    return id;
  }

  final void append(TopicPartition id, int fromBatch, int toBatch) {
    for (int batch = fromBatch; batch < toBatch; batch++) {
      gateway.append(id, Records.plain(batch * 10L, 10));
    }
  }

  static List<StoredRecord> from(long offset, List<StoredRecord> records) {
    return records.stream().filter(record -> record.offset() >= offset).toList();
  }
}
