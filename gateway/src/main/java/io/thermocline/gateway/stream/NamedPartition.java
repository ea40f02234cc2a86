package io.thermocline.gateway.stream;

/** A partition as a fetch stream's client names it, whether it exists or not. */
public record NamedPartition(String topic, int partition) {
  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
