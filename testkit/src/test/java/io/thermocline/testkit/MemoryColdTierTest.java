package io.thermocline.testkit;

import io.thermocline.model.ColdTier;

/** The fake in memory keeps what it is a fake of. */
class MemoryColdTierTest implements ColdTierContract {
  private final MemoryColdTier cold = new MemoryColdTier();

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Override
  public boolean givesLocalFiles() {
    return false;
  }
}
