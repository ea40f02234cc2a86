package io.thermocline.gateway.fetch;

import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.Tier;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a fetch stream says of a partition beside its records, each with the log's bounds at that
 * moment. Changes no cursor.
 */
final class FetchNews {
  private static final Logger LOG = LoggerFactory.getLogger(FetchNews.class);

  private final TieredReader reader;

  FetchNews(TieredReader reader) {
    this.reader = reader;
  }

  /**
   * The cursor has reached its stop.
   *
   * @throws ThermoclineException when its partition is gone
   */
  FetchAnswer done(FetchCursor cursor) {
    return answer(ofFound(cursor).setDone(true));
  }

  /**
   * The cursor is at the end, and nothing new has come for a while.
   *
   * @throws ThermoclineException when its partition is gone
   */
  FetchAnswer heartbeat(FetchCursor cursor) {
    return answer(ofFound(cursor).setCaughtUp(true));
  }

  /** The cursor has failed. Says no bounds when there are none, as of a partition that is gone. */
  FetchAnswer failure(FetchCursor cursor, Throwable failure) {
    FetchResponse.Builder news =
        cursor.head(0, 0, cursor.next()).setError(ErrorStatuses.toProto(failure));
    if (cursor.isFound()) {
      try {
        TieredReader.Bounds bounds = reader.bounds(cursor.id());
        news.setLogStart(bounds.logStart()).setEnd(bounds.end());
      } catch (ThermoclineException gone) {
        LOG.debug("No bounds to tell beside a failure partition={}", cursor.key(), gone);
      }
    }
    return answer(news);
  }

  private FetchResponse.Builder ofFound(FetchCursor cursor) {
    TieredReader.Bounds bounds = reader.bounds(cursor.id());
    return cursor.head(bounds.logStart(), bounds.end(), cursor.next()).setTier(Tier.TIER_HOT);
  }

  private static FetchAnswer answer(FetchResponse.Builder news) {
    return new FetchAnswer(news.build(), List.of());
  }
}
