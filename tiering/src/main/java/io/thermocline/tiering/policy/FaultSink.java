package io.thermocline.tiering.policy;

import io.thermocline.tiering.policy.YamlTree.Place;

/** Takes what a check finds. */
@FunctionalInterface
interface FaultSink {
  void add(Place place, String pointer, String message);
}
