package io.thermocline.tiering;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.tiering.PartitionPlan.Expiry;
import java.util.List;
import java.util.Map;

/**
 * A commit that was or is about to be sent: until its outcome is known nothing else is done for the
 * topic, and only this very commit is sent again.
 *
 * @param expiries what it deletes, by partition
 */
record PendingCommit(ColdCommit commit, Map<Integer, Expiry> expiries) {
  PendingCommit {
    expiries = Map.copyOf(expiries);
  }

  /** One that deletes nothing. */
  static PendingCommit of(ColdCommit commit) {
    return new PendingCommit(commit, Map.of());
  }

  List<ColdFile> files() {
    return commit.files().toList();
  }
}
