package io.thermocline.cold.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import shaded.parquet.org.apache.thrift.TBase;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TProtocolException;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;
import shaded.parquet.org.apache.thrift.transport.TTransportException;

/**
 * Reads a file's own structures, which are Thrift, in its compact protocol. A list says first how
 * many elements it has, and the generated readers take memory for that many: none is believed that
 * has more than there are bytes left. The library's own check passes lists of a type that has no
 * size.
 */
final class StoredThrift extends TCompactProtocol {
  private final ByteArrayInputStream stored;

  private StoredThrift(ByteArrayInputStream stored) throws TTransportException {
    super(new TIOStreamTransport(limits(stored), stored));
    this.stored = stored;
  }

  private static TConfiguration limits(ByteArrayInputStream stored) {
    return new TConfiguration(
        Math.max(1, stored.available()),
        TConfiguration.DEFAULT_MAX_FRAME_SIZE,
        TConfiguration.DEFAULT_RECURSION_DEPTH);
  }

  /**
   * Fills {@code empty} with what is stored at the position of {@code stored}, which moves past it.
   *
   * @return the same
   * @throws IOException when something else is stored there
   */
  static <T extends TBase<?, ?>> T read(T empty, ByteArrayInputStream stored) throws IOException {
    try {
      empty.read(new StoredThrift(stored));
      return empty;
    } catch (TException e) {
      throw new IOException("not a " + empty.getClass().getSimpleName(), e);
    }
  }

  @Override
  public TList readListBegin() throws TException {
    TList list = super.readListBegin();
    if (list.size > stored.available()) {
      throw new TProtocolException(
          TProtocolException.SIZE_LIMIT,
          "a list of %d in %d bytes".formatted(list.size, stored.available()));
    }
    return list;
  }
}
