package io.thermocline.gateway.audit;

import io.thermocline.model.AuditFinding;

/** Whoever asked for an audit: is told how it goes, and says how fast. Called by one thread. */
public interface AuditWatch extends AuditFinding.Sink {
  /**
   * Told of bytes that are about to be read. May wait.
   *
   * @throws RuntimeException to end the audit
   */
  void reading(long bytes);

  /** Told every now and then what was looked at so far. */
  void progress(AuditTotals soFar);
}
