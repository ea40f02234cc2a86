package io.thermocline.tiering;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done to one partition. Carried out in this order: seal, files and expiry in one
 * commit, then what the log start and the trim let go of locally.
 *
 * @param view what it was made of
 * @param seal whether the span being written is to be ended first: some of {@code files} is in it
 * @param files what to tier, in order, each file's range beginning where the one before ends
 * @param trim local copies to let go of
 * @param expiry what to delete for good
 * @param problem why nothing is done; everything else is empty then
 */
record PartitionPlan(
    PartitionView view,
    boolean seal,
    List<FilePlan> files,
    Optional<Trim> trim,
    Optional<Expiry> expiry,
    Optional<String> problem) {

  /**
   * One file of the cold tier.
   *
   * @param hotBytes its size on local disk
   */
  record FilePlan(OffsetRange range, long hotBytes, String reason) {}

  /**
   * Local copies below {@code upTo} go. Never past tiered-to.
   *
   * @param bytes on local disk
   */
  record Trim(OffsetRange range, long bytes, String reason) {
    long upTo() {
      return range.to();
    }
  }

  /**
   * Records go for good.
   *
   * @param range from the log start to the new one
   * @param bytes each offset once, where it lies
   * @param untiered the part that never was in the cold tier, at the end of {@code range}
   * @param untieredBytes its bytes, contained in {@code bytes}
   */
  record Expiry(
      OffsetRange range, long bytes, OffsetRange untiered, long untieredBytes, String reason) {
    long logStart() {
      return range.to();
    }
  }

  PartitionPlan {
    files = List.copyOf(files);
  }

  static PartitionPlan standStill(PartitionView view, String problem) {
    return new PartitionPlan(
        view, false, List.of(), Optional.empty(), Optional.empty(), Optional.of(problem));
  }

  TopicPartition id() {
    return view.id();
  }

  boolean isEmpty() {
    return !seal && files.isEmpty() && trim.isEmpty() && expiry.isEmpty();
  }
}
