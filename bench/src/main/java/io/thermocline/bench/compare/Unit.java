package io.thermocline.bench.compare;

/** What a figure counts. */
public enum Unit {
  /** 10^6 bytes of record values a second; more is better. */
  MEGABYTES_PER_SECOND("MB/s"),
  /** Records a second; more is better. */
  RECORDS_PER_SECOND("records/s"),
  /** 10^6 bytes; less is better. */
  MEGABYTES("MB"),
  /** Milliseconds; less is better. */
  MILLISECONDS("ms"),
  /** Seconds; less is better. */
  SECONDS("s"),
  /** Requests to the store where the colder tier lies; less is better. */
  REQUESTS("requests"),
  /** One figure of a side beside another one of the same side. */
  TIMES("x");

  private final String symbol;

  Unit(String symbol) {
    this.symbol = symbol;
  }

  /** As printed. */
  public String symbol() {
    return symbol;
  }
}
