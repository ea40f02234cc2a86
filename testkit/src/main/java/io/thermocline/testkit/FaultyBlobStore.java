package io.thermocline.testkit;

import io.thermocline.testkit.S3Call.Operation;
import io.thermocline.testkit.S3Faults.Meeting;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Puts the faults between the S3 server and its store. */
final class FaultyBlobStore extends ForwardingBlobStore {
  private final S3Faults faults;

  FaultyBlobStore(BlobStore store, S3Faults faults) {
    super(store);
    this.faults = faults;
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    String prefix = request.prefix() == null ? "" : request.prefix();
    return call(new S3Call(Operation.LIST, request.bucket(), prefix), () -> super.list(request));
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    return call(
        new S3Call(Operation.HEAD, request.bucket(), request.key()),
        () -> super.blobMetadata(request));
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    S3Call call = new S3Call(Operation.GET, request.bucket(), request.key());
    Optional<Meeting> meeting = faults.meet(call);
    meeting.ifPresent(FaultyBlobStore::before);
    ResponseInputStream<GetObjectResponse> body = super.getBlob(request);
    if (meeting.isPresent() && meeting.get().fault() instanceof S3Fault.Truncated truncated) {
      return replace(body, new TruncatedStream(body, truncated.afterBytes()));
    }
    if (meeting.isPresent() && meeting.get().fault() instanceof S3Fault.Corrupted corrupted) {
      long length = Math.max(1, body.response().contentLength());
      return replace(body, new CorruptedStream(body, corrupted.atByte() % length));
    }
    meeting.ifPresent(FaultyBlobStore::after);
    return body;
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
    return upload(
        new S3Call(Operation.PUT, request.bucket(), request.key()),
        body,
        () -> super.putBlob(request, body));
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    return call(
        new S3Call(Operation.DELETE, request.bucket(), request.key()),
        () -> super.removeBlob(request));
  }

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    return call(
        new S3Call(Operation.PUT, request.bucket(), request.key()),
        () -> super.initiateMultipartUpload(request));
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream body) {
    return upload(
        new S3Call(Operation.PUT, request.bucket(), request.key()),
        body,
        () -> super.uploadMultipartPart(upload, request, body));
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    return call(
        new S3Call(Operation.PUT, request.bucket(), request.key()),
        () -> super.completeMultipartUpload(upload, request));
  }

  private <T> T call(S3Call call, Supplier<T> effect) {
    Optional<Meeting> meeting = faults.meet(call);
    meeting.ifPresent(FaultyBlobStore::before);
    T answer = effect.get();
    meeting.ifPresent(FaultyBlobStore::after);
    return answer;
  }

  /** A refused upload is read to its end first, or the client would see a broken connection. */
  private <T> T upload(S3Call call, InputStream body, Supplier<T> effect) {
    Optional<Meeting> meeting = faults.meet(call);
    if (meeting.isPresent() && meeting.get().fault() instanceof S3Fault.Refused) {
      drain(body);
    }
    meeting.ifPresent(FaultyBlobStore::before);
    T answer = effect.get();
    meeting.ifPresent(FaultyBlobStore::after);
    return answer;
  }

  private static void before(Meeting meeting) {
    S3Fault fault = meeting.fault();
    if (fault instanceof S3Fault.Refused refused) {
      throw failure(refused.status(), refused.code());
    }
    if (fault instanceof S3Fault.Late late) {
      LockSupport.parkNanos(late.by().toNanos());
    }
    if (fault instanceof S3Fault.Hung) {
      try {
        meeting.release().await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw failure(503, "ServiceUnavailable");
      }
    }
  }

  private static void after(Meeting meeting) {
    if (meeting.fault() instanceof S3Fault.ReplyLost) {
      throw failure(500, "InternalError");
    }
  }

  private static S3Exception failure(int status, String code) {
    AwsErrorDetails details =
        AwsErrorDetails.builder().errorCode(code).errorMessage("Injected by a test").build();
    return (S3Exception)
        S3Exception.builder()
            .statusCode(status)
            .message("Injected by a test")
            .awsErrorDetails(details)
            .build();
  }

  private static ResponseInputStream<GetObjectResponse> replace(
      ResponseInputStream<GetObjectResponse> body, InputStream other) {
    return new ResponseInputStream<>(body.response(), other);
  }

  private static void drain(InputStream body) {
    try {
      body.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("The client went away", e);
    }
  }

  /** Ends with an error after some bytes. */
  private static final class TruncatedStream extends FilterInputStream {
    private long left;

    TruncatedStream(InputStream body, long afterBytes) {
      super(body);
      this.left = afterBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        throw new IOException("Injected by a test: the connection breaks");
      }
      int count = super.read(target, offset, (int) Math.min(left, length));
      left -= Math.max(0, count);
      return count;
    }
  }

  /** Has one bit turned. */
  private static final class CorruptedStream extends FilterInputStream {
    private final long atByte;
    private long position;

    CorruptedStream(InputStream body, long atByte) {
      super(body);
      this.atByte = atByte;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      long index = atByte - position;
      if (index >= 0 && index < count) {
        target[offset + (int) index] ^= 1;
      }
      position += Math.max(0, count);
      return count;
    }
  }
}
