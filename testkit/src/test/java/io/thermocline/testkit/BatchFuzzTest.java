package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.thermocline.codec.BatchChecker;
import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.Header;
import io.thermocline.proto.v1.Record;
import io.thermocline.proto.v1.Records;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Any bytes said to be a batch are taken for what every protobuf parser takes them for, or refused;
 * nothing else happens, and no more than the limits allow is asked for.
 *
 * <p>An input is
 *
 * <pre>
 *   0  compression            1        its code modulo 3
 *   1  count                  2
 *   3  last offset delta      2
 *   5  uncompressed size      4
 *   9  base timestamp         8
 *  17  payload
 * </pre>
 *
 * <p>big-endian, and is given the checksum that it must have, which no mutation would find.
 */
class BatchFuzzTest {
  private static final int HEAD_BYTES = 17;
  private static final int LIMIT = 1 << 16;
  private static final BatchLimits LIMITS = new BatchLimits(LIMIT, LIMIT, LIMIT / 2);

  private final BatchChecker checker = new BatchChecker(LIMITS);

  @TestFactory
  Stream<DynamicTest> keptInputs() {
    return FuzzCorpus.replay(this);
  }

  @FuzzTest
  void sentBytesAreTheRecordsTheyAreForEveryoneOrRefused(byte[] input)
      throws InvalidProtocolBufferException {
    if (input.length < HEAD_BYTES) {
      return;
    }
    BatchContent content = content(input);
    long largest;
    try {
      largest = checker.check(content);
    } catch (ThermoclineException refused) {
      assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID);
      return;
    }
    Records records = generated(content);
    assertThat(records.getRecordsCount()).isEqualTo(content.count());
    assertThat(records.getRecordsList().stream().mapToLong(Record::getTimestampDelta).max())
        .hasValue(largest - content.baseTimestampMillis());
    assertThat(walked(content)).isEqualTo(records);
    checker.checkStored(new RecordBatch(7, 0, largest, content));
  }

  @FuzzTest
  void storedBytesAreReadToTheirEndOrRefused(byte[] input) {
    if (input.length < HEAD_BYTES) {
      return;
    }
    BatchContent content = content(input);
    if (content.lastOffsetDelta() < 0) {
      return;
    }
    long base = content.count() % 2 == 0 ? 0 : Long.MAX_VALUE - content.lastOffsetDelta();
    try {
      checker.checkStored(
          new RecordBatch(base, 0, content.baseTimestampMillis() + input[HEAD_BYTES - 1], content));
    } catch (ThermoclineException refused) {
      assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID);
    }
  }

  private static BatchContent content(byte[] input) {
    ByteBuffer in = ByteBuffer.wrap(input);
    Compression compression = Compression.ofCode((in.get() & 0xff) % 3);
    int count = in.getShort();
    int lastOffsetDelta = in.getShort();
    int uncompressedBytes = in.getInt();
    return BatchContent.of(
        count, lastOffsetDelta, compression, in.getLong(), uncompressedBytes, in.slice());
  }

  /** The records as the generated parser reads them; it knows no payload that is compressed. */
  private static Records generated(BatchContent content) throws InvalidProtocolBufferException {
    ByteBuffer payload = new PayloadReader(LIMIT).open(content);
    return Records.parseFrom(payload);
  }

  /** The records as the cursor walks them. */
  private static Records walked(BatchContent content) {
    RecordCursor cursor = new RecordCursor().reset(new PayloadReader(LIMIT).open(content), 0, 0);
    Records.Builder records = Records.newBuilder();
    while (cursor.next()) {
      Record.Builder record = records.addRecordsBuilder();
      record.setTimestampDelta(cursor.timestampMillis());
      if (cursor.keyLength() >= 0) {
        record.setKey(bytes(cursor, cursor.keyStart(), cursor.keyLength()));
      }
      if (cursor.valueLength() >= 0) {
        record.setValue(bytes(cursor, cursor.valueStart(), cursor.valueLength()));
      }
      while (cursor.nextHeader()) {
        Header.Builder header = record.addHeadersBuilder();
        header.setNameBytes(bytes(cursor, cursor.headerNameStart(), cursor.headerNameLength()));
        if (cursor.headerValueLength() >= 0) {
          header.setValue(bytes(cursor, cursor.headerValueStart(), cursor.headerValueLength()));
        }
      }
    }
    return records.build();
  }

  private static ByteString bytes(RecordCursor cursor, int start, int length) {
    return ByteString.copyFrom(cursor.array(), start, length);
  }
}
