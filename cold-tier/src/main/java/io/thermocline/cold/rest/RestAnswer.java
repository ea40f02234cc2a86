package io.thermocline.cold.rest;

import java.util.Objects;

/**
 * What a request is answered with.
 *
 * @param status HTTP status code
 * @param json the body; empty for a status without one
 */
public record RestAnswer(int status, String json) {
  public RestAnswer {
    Objects.requireNonNull(json, "json");
  }

  static RestAnswer empty() {
    return new RestAnswer(204, "");
  }
}
