package io.thermocline.gateway.produce;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.RecordBatch;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Takes produce requests in with one copy: from the network's buffers into one array, in which the
 * payload stays where it is.
 *
 * <p>That rests on the payload being the last field of the batch and the batch the last of the
 * request, which is how every generated encoder writes them. Everything before them goes through
 * the generated parser, and so does a request laid out in any other legal way, as a whole.
 */
public final class ProduceMarshaller implements Marshaller<ProduceMessage> {
  private static final int BATCH_TAG =
      tag(ProduceRequest.BATCH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int PAYLOAD_TAG =
      tag(RecordBatch.PAYLOAD_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  @Override
  public InputStream stream(ProduceMessage message) {
    throw new UnsupportedOperationException("The server only takes produce requests in");
  }

  @Override
  public ProduceMessage parse(InputStream stream) {
    byte[] bytes;
    try {
      bytes = stream instanceof KnownLength ? whole(stream) : stream.readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException("A produce request could not be read", broken);
    }
    try {
      return parse(bytes);
    } catch (InvalidProtocolBufferException malformed) {
      return ProduceMessage.malformed(
          new ThermoclineException(
              ErrorKind.INVALID, "Not a ProduceRequest: " + malformed.getMessage(), malformed));
    }
  }

  /** Straight into one array: {@code readNBytes(int)} would gather pieces and join them. */
  private static byte[] whole(InputStream stream) throws IOException {
    byte[] bytes = new byte[stream.available()];
    int read = stream.readNBytes(bytes, 0, bytes.length);
    if (read < bytes.length) {
      throw new EOFException("Ends after %d of %d bytes".formatted(read, bytes.length));
    }
    return bytes;
  }

  /** A message; its payload lies in {@code bytes}, which are to stay as they are. */
  public static ProduceMessage parse(byte[] bytes) throws InvalidProtocolBufferException {
    Optional<Tail> batch = tail(bytes, 0, BATCH_TAG);
    Optional<Tail> payload =
        batch.isEmpty() ? Optional.empty() : tail(bytes, batch.get().start(), PAYLOAD_TAG);
    if (payload.isEmpty()) {
      return ProduceMessage.of(ProduceRequest.parseFrom(bytes));
    }
    ProduceRequest.Builder head =
        ProduceRequest.parseFrom(slice(bytes, 0, batch.get().tagStart())).toBuilder();
    if (head.hasBatch()) {
      // Sent in two parts, which count as one.
      return ProduceMessage.of(ProduceRequest.parseFrom(bytes));
    }
    // Of a payload that is sent twice the last one counts: the first is not to stay in the head.
    head.setBatch(
        RecordBatch.newBuilder()
            .mergeFrom(slice(bytes, batch.get().start(), payload.get().tagStart()))
            .clearPayload());
    int start = payload.get().start();
    return new ProduceMessage(
        head.build(),
        ByteBuffer.wrap(bytes, start, bytes.length - start).slice(),
        Optional.empty());
  }

  private static ByteString slice(byte[] bytes, int from, int to) {
    return UnsafeByteOperations.unsafeWrap(bytes, from, to - from);
  }

  /** A field that reaches to the end: where its tag begins, and where its content does. */
  private record Tail(int tagStart, int start) {}

  /** The field with that tag, if it is the last one in {@code bytes} from {@code from} on. */
  private static Optional<Tail> tail(byte[] bytes, int from, int wanted) {
    CodedInputStream in = CodedInputStream.newInstance(bytes, from, bytes.length - from);
    try {
      while (!in.isAtEnd()) {
        int tagStart = from + in.getTotalBytesRead();
        int tag = in.readTag();
        if (tag == wanted) {
          int length = in.readRawVarint32();
          int start = from + in.getTotalBytesRead();
          if (length == bytes.length - start) {
            return Optional.of(new Tail(tagStart, start));
          }
          if (length < 0) {
            return Optional.empty();
          }
          in.skipRawBytes(length);
        } else if (tag == 0 || !in.skipField(tag)) {
          return Optional.empty();
        }
      }
      return Optional.empty();
    } catch (InvalidProtocolBufferException malformed) {
      // For the generated parser to judge.
      return Optional.empty();
    } catch (IOException impossible) {
      throw new UncheckedIOException("Reading an array failed", impossible);
    }
  }
}
