package io.thermocline.client.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.proto.v1.RecordBatch;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireBatchTest {

  @ParameterizedTest
  @EnumSource(Compression.class)
  void comesBackAsItWas(Compression compression) {
    BatchContent content = content(compression);
    assertThat(WireBatch.fromProto(WireBatch.toProto(content))).isEqualTo(content);
  }

  @Test
  void isReadWhateverMemoryItLiesIn() throws Exception {
    BatchContent content = content(Compression.NONE);
    RecordBatch parsed = RecordBatch.parseFrom(WireBatch.toProto(content).toByteArray());
    assertThat(WireBatch.fromProto(parsed)).isEqualTo(content);

    ByteString whole = parsed.getPayload();
    ByteBuffer direct = ByteBuffer.allocateDirect(whole.size());
    whole.copyTo(direct);
    ByteString pieces =
        UnsafeByteOperations.unsafeWrap(direct.flip().duplicate().limit(3).slice())
            .concat(whole.substring(3));
    RecordBatch scattered = parsed.toBuilder().setPayload(pieces).build();
    assertThat(WireBatch.fromProto(scattered)).isEqualTo(content);
  }

  private static BatchContent content(Compression compression) {
    BatchBuilder builder = new BatchBuilder();
    builder.add(7, new byte[] {1}, new byte[300], null);
    builder.add(9, null, null, null);
    return builder.build(compression);
  }
}
