package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One cluster's claim to a warehouse. A warehouse has one owner: the cluster named by the highest
 * {@code _thermocline/owner-<epoch>.json}. Each of these files is written once, by a conditional
 * put, and stays.
 *
 * <p>An instance speaks for the epoch it was made with, for ever: after a take-over by another its
 * {@link #check} fails. Thread-safe.
 */
public final class WarehouseOwner {
  private static final Logger LOG = LoggerFactory.getLogger(WarehouseOwner.class);
  private static final String PREFIX = "_thermocline/owner-";
  private static final Pattern NAME =
      Pattern.compile(Pattern.quote(PREFIX) + "([1-9][0-9]{0,17})\\.json");
  private static final int MAX_FILE_BYTES = 4096;

  private final ObjectStore store;
  private final OwnerRecord ours;

  private WarehouseOwner(ObjectStore store, OwnerRecord ours) {
    this.store = store;
    this.ours = ours;
  }

  /**
   * Claims the warehouse at start-up: the first cluster becomes its owner, the owner goes on.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when another cluster owns it
   */
  public static WarehouseOwner claim(ObjectStore store, UUID cluster, InstantSource clock) {
    // A lost race is told by the winner's file, so the second look decides.
    for (Optional<OwnerRecord> owner = highest(store); ; owner = highest(store)) {
      if (owner.isPresent()) {
        if (!owner.get().cluster().equals(cluster)) {
          throw foreign(store, cluster, owner.get());
        }
        return new WarehouseOwner(store, owner.get());
      }
      OwnerRecord first = record(1, cluster, clock);
      if (write(store, first)) {
        return new WarehouseOwner(store, first);
      }
    }
  }

  /**
   * Takes the warehouse over, whoever owned it, with the next epoch: what any earlier owner still
   * does fails its check.
   *
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when another take-over came first
   */
  public static WarehouseOwner takeOver(ObjectStore store, UUID cluster, InstantSource clock) {
    Optional<OwnerRecord> before = highest(store);
    OwnerRecord next = record(before.map(OwnerRecord::epoch).orElse(0L) + 1, cluster, clock);
    if (!write(store, next)) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "Epoch %d of warehouse %s was taken by another at this moment; look who owns it, then decide"
              .formatted(next.epoch(), store.location("")));
    }
    return new WarehouseOwner(store, next);
  }

  /**
   * Takes the warehouse over from the owner that was seen, with the epoch after that one's; goes on
   * when {@code cluster} did so before.
   *
   * @param seenEpoch the highest epoch when the caller looked
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when another take-over came since
   */
  public static WarehouseOwner takeOver(
      ObjectStore store, UUID cluster, InstantSource clock, long seenEpoch) {
    OwnerRecord next = record(seenEpoch + 1, cluster, clock);
    Optional<OwnerRecord> now = highest(store);
    if (now.map(OwnerRecord::epoch).orElse(0L) == seenEpoch && write(store, next)) {
      return new WarehouseOwner(store, next);
    }
    now = highest(store);
    if (now.isPresent()
        && now.get().epoch() == seenEpoch + 1
        && now.get().cluster().equals(cluster)) {
      return new WarehouseOwner(store, now.get());
    }
    throw new ThermoclineException(
        ErrorKind.CONFLICT,
        "Warehouse %s was taken over by another (epoch %d, expected %d): look who owns it, then decide"
            .formatted(store.location(""), now.map(OwnerRecord::epoch).orElse(0L), seenEpoch));
  }

  /**
   * Who owns a warehouse.
   *
   * @param epoch of the claim
   */
  public record Holder(long epoch, UUID cluster) {}

  /** Who owns the warehouse; empty when nobody ever did. */
  public static Optional<Holder> holder(ObjectStore store) {
    return highest(store).map(owner -> new Holder(owner.epoch(), owner.cluster()));
  }

  /**
   * Makes sure, by asking the store, that this claim still holds. To be called before every commit
   * and before anything is deleted.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when it does not
   */
  public void check() {
    OwnerRecord owner =
        highest(store)
            .orElseThrow(
                () ->
                    new ThermoclineException(
                        ErrorKind.FAILED_PRECONDITION,
                        "The owner files of warehouse %s are gone; was it deleted?"
                            .formatted(store.location(""))));
    if (owner.epoch() != ours.epoch() || !owner.writer().equals(ours.writer())) {
      throw foreign(store, ours.cluster(), owner);
    }
  }

  /** The claim's number; it rises with each change of hands. */
  public long epoch() {
    return ours.epoch();
  }

  /** Who owns the warehouse by this claim. */
  public UUID cluster() {
    return ours.cluster();
  }

  private static OwnerRecord record(long epoch, UUID cluster, InstantSource clock) {
    return new OwnerRecord(epoch, cluster, UUID.randomUUID(), clock.instant());
  }

  private static boolean write(ObjectStore store, OwnerRecord owner) {
    if (store.putIfAbsent(key(owner.epoch()), owner.toBytes()) == PutOutcome.EXISTS) {
      return false;
    }
    LOG.info(
        "warehouse claimed warehouse={} cluster={} epoch={}",
        store.location(""),
        owner.cluster(),
        owner.epoch());
    return true;
  }

  private static Optional<OwnerRecord> highest(ObjectStore store) {
    long[] highest = {0};
    store.list(
        PREFIX,
        object -> {
          Matcher name = NAME.matcher(object.key());
          if (name.matches()) {
            highest[0] = Math.max(highest[0], Long.parseLong(name.group(1)));
          }
          return true;
        });
    if (highest[0] == 0) {
      return Optional.empty();
    }
    String key = key(highest[0]);
    byte[] bytes = store.get(key, MAX_FILE_BYTES);
    return Optional.of(OwnerRecord.parse(bytes, highest[0], store.location(key)));
  }

  private static String key(long epoch) {
    return PREFIX + epoch + ".json";
  }

  private static ThermoclineException foreign(ObjectStore store, UUID cluster, OwnerRecord owner) {
    return new ThermoclineException(
            ErrorKind.FAILED_PRECONDITION,
            ("Warehouse %s is owned by cluster %s (epoch %d, since %s), not by cluster %s. Use"
                    + " another warehouse; if that cluster is gone for good, bring its topics back with"
                    + " 'thermocline recover', or take the warehouse over without them")
                .formatted(
                    store.location(""), owner.cluster(), owner.epoch(), owner.madeAt(), cluster))
        .with(
            Map.of(
                "owner", owner.cluster().toString(),
                "ownerEpoch", Long.toString(owner.epoch()),
                "cluster", cluster.toString()));
  }
}
