/** Apache Kafka behind the port of {@code thermocline bench compare}. */
package io.thermocline.bench.kafka;
