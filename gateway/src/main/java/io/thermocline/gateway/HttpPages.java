package io.thermocline.gateway;

import java.util.Objects;

/** Pages of the HTTP side that somebody else makes. Thread-safe; may block. */
public interface HttpPages {
  /**
   * What a request is answered with.
   *
   * @param status HTTP status code
   * @param contentType of the body
   * @param body empty for a status without one
   */
  record Answer(int status, String contentType, String body) {
    public Answer {
      Objects.requireNonNull(contentType, "contentType");
      Objects.requireNonNull(body, "body");
    }
  }

  /**
   * Answers one request.
   *
   * @param method upper case
   * @param path below where these pages are, still encoded, from its slash on
   * @param query still encoded; empty when there is none
   */
  Answer answer(String method, String path, String query);
}
