package io.thermocline.bench.compare;

import java.io.IOException;

/** The disk both servers write to. */
interface Disk {
  /**
   * Waits until all that anybody wrote has reached the disk, so that the next turn does not pay.
   */
  void settle() throws IOException, InterruptedException;

  /**
   * What the disk itself gives to someone who forces: a new file of 2 GiB, forced each 256 KiB.
   *
   * @return megabytes (10^6 bytes) a second
   */
  double probe() throws IOException;
}
