package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.Random;

/** Refuses one request in ten, always the same ones. */
final class FlakyRanges implements RangeSource {
  private final RangeSource real;
  private final Random random = new Random(10);

  FlakyRanges(RangeSource real) {
    this.real = real;
  }

  @Override
  public String location() {
    return real.location();
  }

  @Override
  public long length() {
    return real.length();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) {
    if (random.nextInt(10) == 0) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "refused at " + position);
    }
    real.readFully(position, target, offset, length);
  }
}
