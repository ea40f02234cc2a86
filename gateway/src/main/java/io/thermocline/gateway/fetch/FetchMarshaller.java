package io.thermocline.gateway.fetch;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.proto.v1.FetchResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends fetch responses with one copy: each payload goes from where a tier left it straight into
 * the network's buffers. The bytes are those that the generated encoder would write: batches are
 * the last field of a response, and the payload is the last field of a batch.
 */
public final class FetchMarshaller implements Marshaller<FetchAnswer> {
  @Override
  public InputStream stream(FetchAnswer answer) {
    return new AnswerStream(answer);
  }

  @Override
  public FetchAnswer parse(InputStream stream) {
    throw new UnsupportedOperationException("The server only sends fetch responses");
  }

  /** Everything of a batch that stands before its payload, its own tag and length included. */
  private static byte[] lead(io.thermocline.proto.v1.RecordBatch batch, int payloadBytes) {
    int payloadLead =
        payloadBytes == 0
            ? 0
            : CodedOutputStream.computeTagSize(
                    io.thermocline.proto.v1.RecordBatch.PAYLOAD_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(payloadBytes);
    int size = batch.getSerializedSize() + payloadLead + payloadBytes;
    int leadBytes =
        CodedOutputStream.computeTagSize(FetchResponse.BATCHES_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(size)
            + batch.getSerializedSize()
            + payloadLead;
    byte[] lead = new byte[leadBytes];
    CodedOutputStream out = CodedOutputStream.newInstance(lead);
    try {
      out.writeTag(FetchResponse.BATCHES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(size);
      batch.writeTo(out);
      if (payloadBytes > 0) {
        out.writeTag(
            io.thermocline.proto.v1.RecordBatch.PAYLOAD_FIELD_NUMBER,
            WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(payloadBytes);
      }
      out.checkNoSpaceLeft();
    } catch (IOException impossible) {
      throw new UncheckedIOException("Writing to an array failed", impossible);
    }
    return lead;
  }

  /** A response as gRPC takes it: its length is known, and it writes itself. */
  private static final class AnswerStream extends InputStream implements KnownLength, Drainable {
    private final FetchAnswer answer;
    private final List<byte[]> leads = new ArrayList<>();
    private final int size;
    private boolean drained;

    /** The same bytes, for a transport that reads instead. */
    private InputStream whole;

    AnswerStream(FetchAnswer answer) {
      this.answer = answer;
      int total = answer.head().getSerializedSize();
      for (io.thermocline.model.RecordBatch batch : answer.batches()) {
        byte[] lead = lead(Wire.lead(batch), batch.sizeInBytes());
        leads.add(lead);
        total = Math.addExact(total, Math.addExact(lead.length, batch.sizeInBytes()));
      }
      this.size = total;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      if (whole != null) {
        return (int) whole.transferTo(target);
      }
      if (drained) {
        return 0;
      }
      drained = true;
      answer.head().writeTo(target);
      for (int i = 0; i < leads.size(); i++) {
        target.write(leads.get(i));
        write(answer.batches().get(i).content().payload(), target);
      }
      answer.whenWritten().run();
      return size;
    }

    private static void write(ByteBuffer payload, OutputStream target) throws IOException {
      if (payload.hasArray()) {
        target.write(
            payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
      } else {
        byte[] copy = new byte[payload.remaining()];
        payload.duplicate().get(copy);
        target.write(copy);
      }
    }

    @Override
    public int available() throws IOException {
      if (whole != null) {
        return whole.available();
      }
      return drained ? 0 : size;
    }

    @Override
    public int read() throws IOException {
      return whole().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return whole().read(target, offset, length);
    }

    private InputStream whole() throws IOException {
      if (whole == null) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(drained ? 0 : size);
        int unused = drainTo(bytes);
        whole = new ByteArrayInputStream(bytes.toByteArray());
      }
      return whole;
    }
  }
}
