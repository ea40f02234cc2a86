package io.thermocline.gateway;

/** A partition as a fetch stream's client names it, whether it exists or not. */
record FetchKey(String topic, int partition) {
  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
