package io.thermocline.cold;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.table.TableTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.InstantSource;

/** The cold tier over Parquet files and Iceberg tables. */
public final class IcebergColdTier {
  private IcebergColdTier() {}

  /**
   * Opens the cold tier. When the warehouse can't be reached it opens all the same, and whose it is
   * is found out before its first use.
   *
   * @param clock tells the age of files and of what is kept in memory
   * @return to be closed by the caller
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the warehouse belongs
   *     to another cluster or the directory can't be used, {@link ErrorKind#INVALID} for settings
   *     that name no store or catalog
   */
  public static TableTier open(ColdSettings settings, InstantSource clock, MeterRegistry registry) {
    return TableTier.open(settings, clock, registry);
  }
}
