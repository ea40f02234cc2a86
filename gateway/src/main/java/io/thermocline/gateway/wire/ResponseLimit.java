package io.thermocline.gateway.wire;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.ThermoclineException.Violation;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.ReadRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The largest message a reader takes. What is larger would end its whole call, on its own side,
 * without a word of which record it was: so it is told instead of sent.
 *
 * @param field where the reader may say it
 * @param bytes of one message, all that is in it counted
 */
public record ResponseLimit(String field, int bytes) {
  /** What gRPC takes, in most languages, unless told otherwise. */
  public static final int DEFAULT_BYTES = 4 << 20;

  /** Room for what is said beside records, failures too. */
  static final int MIN_BYTES = 64 << 10;

  /**
   * Kept for all that stands beside records in a response, but for the topic's name: offsets, and
   * lost ranges, as far as they do not lie between records, which bring room for them along.
   */
  private static final int HEAD_BYTES = 2048;

  public ResponseLimit {
    if (bytes < MIN_BYTES) {
      throw Wire.invalid(field, "is %d: it is %d or more".formatted(bytes, MIN_BYTES));
    }
  }

  /**
   * Of a partition that is added to a Fetch call.
   *
   * @throws ThermoclineException {@code INVALID} when it is too small for any answer
   */
  public static ResponseLimit of(AddPartition add) {
    return new ResponseLimit(
        "add.max_response_bytes",
        add.hasMaxResponseBytes() ? add.getMaxResponseBytes() : DEFAULT_BYTES);
  }

  /**
   * Of a Read call.
   *
   * @throws ThermoclineException {@code INVALID} when it is too small for any answer
   */
  public static ResponseLimit of(ReadRequest read) {
    return new ResponseLimit(
        "max_response_bytes",
        read.hasMaxResponseBytes() ? read.getMaxResponseBytes() : DEFAULT_BYTES);
  }

  /**
   * Of a query.
   *
   * @throws ThermoclineException {@code INVALID} when it is too small for any answer
   */
  public static ResponseLimit of(QueryRequest query) {
    return new ResponseLimit(
        "max_response_bytes",
        query.hasMaxResponseBytes() ? query.getMaxResponseBytes() : DEFAULT_BYTES);
  }

  /** Bytes for records in a response about a topic. */
  public long room(String topic) {
    return bytes - beside(topic);
  }

  private static long beside(String topic) {
    return (long) HEAD_BYTES + topic.length();
  }

  /**
   * What a reader is told that can't be sent what comes next.
   *
   * @param offsets what it is
   * @param recordBytes what that takes in a response
   */
  public ThermoclineException exceeded(
      String topic, int partition, OffsetRange offsets, long recordBytes) {
    long needed = beside(topic) + recordBytes;
    return refusal(
        "offsets %s of %s-%d take".formatted(offsets, topic, partition),
        needed,
        "go on at offset " + offsets.to(),
        Map.of("from", Long.toString(offsets.from()), "resumeAt", Long.toString(offsets.to())));
  }

  /**
   * What a reader is told whose query has a row that can't be sent.
   *
   * @param row its number among the rows of the answer, from 1 on
   * @param needed what a response takes with that row alone
   */
  public ThermoclineException exceededByRow(long row, long needed) {
    return refusal(
        "row %d takes".formatted(row),
        needed,
        "select less of it",
        Map.of("row", Long.toString(row)));
  }

  private ThermoclineException refusal(
      String what, long needed, String otherwise, Map<String, String> place) {
    String problem = "is %d: %s a response of %d bytes".formatted(bytes, what, needed);
    Map<String, String> details = new HashMap<>(place);
    details.put("bytes", Long.toString(needed));
    details.put("limit", Long.toString(bytes));
    return new ThermoclineException(
            ErrorKind.INVALID,
            "%s %s. Ask again with as much, on a channel that takes it, or %s"
                .formatted(field, problem, otherwise))
        .with(List.of(new Violation(field, problem)))
        .with(details);
  }
}
