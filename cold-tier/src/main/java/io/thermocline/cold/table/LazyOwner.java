package io.thermocline.cold.table;

import io.thermocline.cold.store.WarehouseOwner;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our claim to the warehouse, made when the warehouse is first reached. Thread-safe.
 *
 * <p>A server starts while its cold tier is away; until the claim is made nothing of the warehouse
 * is used.
 */
final class LazyOwner implements OwnerCheck {
  private static final Logger LOG = LoggerFactory.getLogger(LazyOwner.class);

  /** While the warehouse is away, callers get the last failure instead of waiting in a queue. */
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(5);

  /** What passes by itself. Asking again is the way to know how an unknown claim ended. */
  private static final Set<ErrorKind> AWAY =
      Set.of(
          ErrorKind.TRANSIENT,
          ErrorKind.EXHAUSTED,
          ErrorKind.DEADLINE_EXCEEDED,
          ErrorKind.OUTCOME_UNKNOWN);

  private final Supplier<WarehouseOwner> claim;
  private final InstantSource clock;
  private volatile WarehouseOwner owner;

  /** The last failure, and when it came; null before the first. Guarded by this. */
  private ThermoclineException failure;

  private Instant failedAt = Instant.MIN;

  /**
   * @param claim makes the claim; called again after it failed
   */
  LazyOwner(Supplier<WarehouseOwner> claim, InstantSource clock) {
    this.claim = claim;
    this.clock = clock;
  }

  /**
   * Makes the claim at start-up. When the warehouse is away, the first use makes it.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when another cluster owns it
   */
  void claimAtStart() {
    try {
      claimed();
    } catch (ThermoclineException e) {
      if (!AWAY.contains(e.kind())) {
        throw e;
      }
      LOG.warn(
          "warehouse is away, its owner is checked before its first use error={}", e.toString());
    }
  }

  /**
   * Makes the claim unless it was made before; does not ask whether it still holds.
   *
   * @throws ThermoclineException as {@link #epoch}
   */
  void requireClaimed() {
    claimed();
  }

  /**
   * The claim's epoch, without asking whether it still holds: for what an owner that is owner no
   * more may do.
   *
   * @throws ThermoclineException as {@link #epoch}
   */
  long claimedEpoch() {
    return claimed().epoch();
  }

  @Override
  public long epoch() {
    WarehouseOwner made = claimed();
    made.check();
    return made.epoch();
  }

  private WarehouseOwner claimed() {
    WarehouseOwner made = owner;
    return made == null ? makeClaim() : made;
  }

  private synchronized WarehouseOwner makeClaim() {
    if (owner != null) {
      return owner;
    }
    Instant now = clock.instant();
    if (failure != null && !now.isBefore(failedAt) && now.isBefore(failedAt.plus(RETRY_PAUSE))) {
      throw new ThermoclineException(failure.kind(), failure.getMessage(), failure);
    }
    try {
      owner = claim.get();
      failure = null;
      return owner;
    } catch (ThermoclineException e) {
      failure = e;
      failedAt = clock.instant();
      throw e;
    }
  }
}
