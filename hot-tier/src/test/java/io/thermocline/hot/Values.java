package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.ObjLongConsumer;

/** Records that say who they are: a value is made of its number alone, size and all. */
final class Values {
  private Values() {}

  /** The value with this number: mostly small, sometimes of many pages. */
  private static byte[] of(long number) {
    Random random = new Random(number);
    int size =
        switch (random.nextInt(20)) {
          case 0 -> random.nextInt(20_000);
          case 1, 2, 3, 4 -> random.nextInt(6_000);
          default -> random.nextInt(200);
        };
    byte[] bytes = new byte[Long.BYTES + size];
    random.nextBytes(bytes);
    ByteBuffer.wrap(bytes).putLong(number);
    return bytes;
  }

  static BatchContent batch(List<Long> numbers) {
    BatchBuilder builder = new BatchBuilder();
    HeaderBuffer none = new HeaderBuffer();
    for (long number : numbers) {
      builder.add(1_000 + number, null, of(number), none);
    }
    return builder.build(Compression.NONE);
  }

  /** Tells each record's number and offset; fails when a value is not what its number says. */
  static void read(RecordBatch batch, ObjLongConsumer<Long> numberAndOffset) {
    RecordCursor cursor =
        new RecordCursor()
            .reset(
                new PayloadReader(1 << 22).open(batch.content()),
                batch.baseOffset(),
                batch.content().baseTimestampMillis());
    while (cursor.next()) {
      ByteBuffer value =
          ByteBuffer.wrap(cursor.array(), cursor.valueStart(), cursor.valueLength()).slice();
      long number = value.getLong(0);
      assertThat(value.equals(ByteBuffer.wrap(of(number))))
          .as("bytes of value %d at offset %d", number, cursor.offset())
          .isTrue();
      numberAndOffset.accept(number, cursor.offset());
    }
  }
}
