package io.thermocline.server.cli;

import io.thermocline.client.producer.AppendResult;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.record.PartitionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/** All lines there are as one batch that is stored at its offset, or not at all. */
record LinesAtOffset(LineReader lines, LineRecords records) {
  /** What a batch can hold; what is more is refused before it is read. */
  private static final long MAX_BYTES = 32L << 20;

  void append(Producer producer, PartitionName partition, long offset, Deliveries deliveries)
      throws IOException {
    List<ProducerRecord> batch = new ArrayList<>();
    long bytes = 0;
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      records.of(line, lines.number()).ifPresent(batch::add);
      bytes += line.length;
      if (bytes > MAX_BYTES) {
        throw CommandFailure.of(
            "the input is longer than the 32 MiB that can be stored together: leave out"
                + " --expect-offset, or send less");
      }
    }
    if (batch.isEmpty()) {
      throw CommandFailure.of("there is nothing in the input");
    }
    AppendResult result;
    try {
      result = producer.appendAt(partition, offset, batch).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
    if (result instanceof AppendResult.Conflict conflict) {
      throw CommandFailure.of(
          "nothing was stored: the next offset of %s is %d, not %d"
              .formatted(partition, conflict.nextOffset(), offset));
    }
    deliveries.stored(batch.size(), bytes);
  }
}
