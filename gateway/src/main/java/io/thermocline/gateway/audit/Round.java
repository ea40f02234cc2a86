package io.thermocline.gateway.audit;

/** One topic's turn: who is told, and what was looked at so far. One thread. */
final class Round {
  private final AuditWatch watch;
  private AuditTotals totals;

  Round(AuditWatch watch, AuditTotals before) {
    this.watch = watch;
    this.totals = before;
  }

  AuditWatch watch() {
    return watch;
  }

  AuditTotals totals() {
    return totals;
  }

  void count(AuditTotals now) {
    totals = now;
    watch.progress(now);
  }
}
