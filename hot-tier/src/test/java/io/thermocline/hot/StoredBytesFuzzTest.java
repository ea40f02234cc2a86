package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.groups.GroupEntry;
import io.thermocline.hot.journal.JournalReplay;
import io.thermocline.hot.journal.JournalScan;
import io.thermocline.hot.producers.ProducersFile;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.LogStamp;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.hot.segment.SegmentPart;
import io.thermocline.hot.segment.SegmentWalk;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.hot.segment.TailScan;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.FuzzCorpus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever lies in a file of the data directory is what it says, or damage; no bytes make a reader
 * do anything else.
 *
 * <p>An input is one byte and the file's content. Where that byte is odd, {@link RightChecksums}
 * makes every checksum match first, so that what lies behind them is reached.
 */
class StoredBytesFuzzTest {
  private static final Path FILE = Path.of("file");
  private static final UUID TOPIC = UUID.fromString("2e6294ff-1442-4663-86c6-15f997387b28");
  private static final int PARTITION = 1;
  private static final Segment SEGMENT = new Segment(new LogStamp(TOPIC, PARTITION, 0), FILE);
  private static final Optional<LogStamp> NO_STAMP = Optional.empty();
  private static final long UNKNOWN = -1;

  /** Bytes of the golden segment. */
  private static final int SEGMENT_BYTES = 101;

  private static final long JOURNAL_ID = 0x0102030405060708L;
  private static final int JOURNAL_BLOCK = 4096;

  /** The content of the file, with room in front. */
  private static ByteBuffer content(byte[] input, int front) {
    ByteBuffer content = ByteBuffer.allocate(front + Math.max(0, input.length - 1));
    if (input.length > 1) {
      content.put(front, input, 1, input.length - 1);
    }
    return content;
  }

  private static boolean wantsRightChecksums(byte[] input) {
    return input.length > 0 && (input[0] & 1) == 1;
  }

  private static StoredBytes file(ByteBuffer content) {
    return new StoredBytes(content.asReadOnlyBuffer());
  }

  /** A {@link io.thermocline.hot.disk.ChecksummedFile}. */
  private static StoredBytes checksummed(byte[] input) {
    ByteBuffer content = content(input, 0);
    if (wantsRightChecksums(input)) {
      RightChecksums.ofFile(content);
    }
    return file(content);
  }

  private static void assertDamage(ThermoclineException refused) {
    assertThat(refused.kind()).isIn(ErrorKind.CORRUPT, ErrorKind.FAILED_PRECONDITION);
  }

  @TestFactory
  Stream<DynamicTest> keptInputs() {
    return FuzzCorpus.replay(this);
  }

  @FuzzTest
  void everyByteOfASegmentIsABatchOrDamage(byte[] input) throws IOException {
    StoredBytes file = segment(input);
    for (Optional<LogStamp> stamp : List.of(Optional.of(SEGMENT.stamp()), NO_STAMP)) {
      try {
        walk(file, stamp);
      } catch (ThermoclineException newer) {
        assertDamage(newer);
      }
    }
  }

  private static StoredBytes segment(byte[] input) {
    ByteBuffer content = content(input, 0);
    if (wantsRightChecksums(input)) {
      RightChecksums.ofBatches(content, TOPIC, PARTITION);
    }
    return file(content);
  }

  private static void walk(StoredBytes file, Optional<LogStamp> stamp) throws IOException {
    SegmentWalk walk = new SegmentWalk(file, stamp, 0, file.size(), 0, UNKNOWN);
    long position = 0;
    for (SegmentPart part = walk.next(); part != null; part = walk.next()) {
      assertThat(part.position()).isEqualTo(position);
      assertThat(part.bytes()).isPositive();
      if (part instanceof StoredBatch batch) {
        assertThat(batch.offsets().from()).isNotNegative();
      }
      position = part.end();
    }
    assertThat(position).isEqualTo(file.size());
  }

  @FuzzTest
  void theEndOfALogIsJudgedWhateverItIs(byte[] input) throws IOException {
    StoredBytes file = segment(input);
    try {
      TailScan.Verdict verdict =
          new TailScan(file, SEGMENT, file.size(), new SegmentIndex(0), kept -> {}, 1)
              .judge(0, 0, 0);
      assertThat(verdict.cutAt()).isBetween(0L, file.size());
      long before = 0;
      for (OffsetRange lost : verdict.lost()) {
        assertThat(lost.from()).isGreaterThanOrEqualTo(before);
        before = lost.to();
      }
      assertThat(verdict.end()).isGreaterThanOrEqualTo(before);
    } catch (ThermoclineException newer) {
      assertDamage(newer);
    }
  }

  @FuzzTest
  void anIndexLeadsIntoItsSegmentOrIsNone(byte[] input) {
    IndexFile.read(checksummed(input), SEGMENT, SEGMENT_BYTES)
        .ifPresent(
            index -> {
              for (long offset : new long[] {0, 1, 7, Long.MAX_VALUE}) {
                assertThat(index.positionFor(offset)).isBetween(0L, SEGMENT_BYTES - 1L);
                assertThat(index.positionFor(offset, offset)).isBetween(-1L, SEGMENT_BYTES - 1L);
              }
            });
  }

  @FuzzTest
  void metadataIsReadOrRefused(byte[] input) throws IOException {
    try {
      assertThat(MetadataFile.look(checksummed(input), FILE)).isPresent();
    } catch (ThermoclineException refused) {
      assertDamage(refused);
    }
  }

  @FuzzTest
  void aCheckpointIsReadOrRefused(byte[] input) throws IOException {
    try {
      assertThat(Checkpoint.look(checksummed(input), FILE)).isNotNull();
    } catch (ThermoclineException refused) {
      assertDamage(refused);
    }
  }

  @FuzzTest
  void everyByteOfTheGroupsIsAnEntryOrDamage(byte[] input) {
    ByteBuffer content = content(input, 0);
    if (wantsRightChecksums(input)) {
      RightChecksums.ofEntries(content, "TCG");
    }
    GroupEntry.Decoded decoded;
    try {
      decoded = GroupEntry.decodeAll(content);
    } catch (ThermoclineException newer) {
      assertDamage(newer);
      return;
    }
    assertThat(decoded.damagedBytes()).isBetween(0, content.limit());
    Map<String, Map<TopicPartition, Long>> groups = new HashMap<>();
    decoded.entries().forEach(entry -> entry.applyTo(groups));
    groups.forEach(
        (group, offsets) -> {
          GroupEntry.Commit whole = new GroupEntry.Commit(group, offsets);
          assertThat(GroupEntry.decodeAll(whole.encode()).entries()).isEqualTo(List.of(whole));
        });
  }

  @FuzzTest
  void everyByteOfTheProducersIsANoteOrUnsound(byte[] input) throws IOException {
    ByteBuffer content = content(input, 0);
    if (wantsRightChecksums(input)) {
      RightChecksums.ofEntries(content, "TCP");
    }
    try {
      assertThat(ProducersFile.look(file(content), FILE).unsoundBytes())
          .isBetween(0L, (long) content.limit());
    } catch (ThermoclineException newer) {
      assertDamage(newer);
    }
  }

  /** The content here is what stands behind the first block. */
  @FuzzTest
  void whatIsNoFrameOfAJournalIsSteppedOver(byte[] input) throws IOException {
    ByteBuffer content = content(input, JOURNAL_BLOCK);
    ByteBuffer head = ByteBuffer.allocate(16).putInt(0x54434A01).putInt(0).putLong(JOURNAL_ID);
    content.put(0, head.array());
    RightChecksums.ofJournalHead(content);
    if (wantsRightChecksums(input)) {
      RightChecksums.ofFrames(content, JOURNAL_ID);
    }
    try (JournalScan scan = JournalScan.open(file(content), FILE)) {
      long position = 0;
      for (var part = scan.next(); part.isPresent(); part = scan.next()) {
        assertThat(part.get().position()).isGreaterThan(position).isLessThan(content.limit());
        position = part.get().position();
        if (part.get() instanceof JournalScan.Whole whole) {
          whole.entries().forEach(entry -> assertInside(entry, whole));
        }
      }
    } catch (ThermoclineException nonsense) {
      assertDamage(nonsense);
    }
  }

  private static void assertInside(JournalReplay.Entry entry, JournalScan.Whole frame) {
    assertThat(entry.at()).isGreaterThan(frame.position());
    assertThat(entry.place().bytes()).isNotNegative();
    assertThat(entry.at() + entry.place().bytes())
        .isLessThanOrEqualTo(frame.position() + frame.bytes());
    assertThat(entry.place().position()).isNotNegative();
  }
}
