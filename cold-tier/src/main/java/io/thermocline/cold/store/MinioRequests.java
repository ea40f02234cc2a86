package io.thermocline.cold.store;

import io.minio.AbortMultipartUploadArgs;
import io.minio.Checksum;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.DeleteObjectsArgs;
import io.minio.GenericUploadResponse;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.HeadObjectArgs;
import io.minio.HeadObjectResponse;
import io.minio.Http;
import io.minio.ListMultipartUploadsArgs;
import io.minio.ListObjectsV2Args;
import io.minio.ListObjectsV2Response;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.PutObjectAPIBaseArgs;
import io.minio.RemoveObjectArgs;
import io.minio.UploadPartArgs;
import io.minio.UploadPartResponse;
import io.minio.messages.DeleteRequest;
import io.minio.messages.DeleteResult;
import io.minio.messages.Item;
import io.minio.messages.ListMultipartUploadsResult;
import io.minio.messages.Part;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@link S3Requests} through the MinIO client. */
final class MinioRequests implements S3Requests {
  private final String bucket;
  private final boolean crc32c;
  private final MinioCalls calls;
  private final MinioConnection connection;
  private final MinioAsyncClient client;

  MinioRequests(String bucket, StoreSettings settings) {
    this.bucket = bucket;
    this.crc32c = settings.s3().checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
    this.calls = new MinioCalls(bucket, settings.attemptTimeout());
    this.connection = MinioConnection.open(settings);
    this.client = connection.client();
  }

  @Override
  public void put(String key, Payload payload) {
    GenericUploadResponse response =
        calls.write("put", key, () -> sendObject(key, payload, new Http.Headers()));
    checkStored("put", key, payload, response.checksumCRC32C());
  }

  @Override
  public PutOutcome putIfAbsent(String key, Payload payload) {
    Http.Headers condition = new Http.Headers("If-None-Match", "*");
    return calls.write(
        "putIfAbsent",
        key,
        () ->
            sendObject(key, payload, condition)
                .thenApply(response -> PutOutcome.WRITTEN)
                .exceptionally(MinioCalls.instead(412, PutOutcome.EXISTS)));
  }

  private CompletableFuture<? extends GenericUploadResponse> sendObject(
      String key, Payload payload, Http.Headers headers) {
    return withFile(
        payload,
        file ->
            client.putObject(
                body(PutObjectAPIArgs.builder(), payload, file, headers)
                    .bucket(bucket)
                    .object(key)
                    .build()));
  }

  private <B extends PutObjectAPIBaseArgs.Builder<B, A>, A extends PutObjectAPIBaseArgs> B body(
      B builder, Payload payload, Optional<RandomAccessFile> file, Http.Headers headers) {
    if (crc32c) {
      headers.put("X-Amz-Checksum-Crc32c", payload.crc32c());
      headers.put(Http.Headers.X_AMZ_SDK_CHECKSUM_ALGORITHM, "CRC32C");
    } else {
      headers.put(Http.Headers.CONTENT_MD5, payload.md5());
    }
    // Given here, because the client would leave the file at its end after computing it.
    headers.put(
        Http.Headers.X_AMZ_CONTENT_SHA256,
        connection.https() ? Checksum.UNSIGNED_PAYLOAD : payload.sha256Hex());
    builder.headers(headers);
    return file.isPresent()
        ? builder.file(file.get(), payload.length())
        : builder.data(payload.bytes().orElseThrow(), (int) payload.length());
  }

  /** What is sent from a file, when there is one. */
  private interface Sending<T> {
    CompletableFuture<T> from(Optional<RandomAccessFile> file);
  }

  private static <T> CompletableFuture<T> withFile(Payload payload, Sending<T> sending) {
    if (payload.file().isEmpty()) {
      return sending.from(Optional.empty());
    }
    RandomAccessFile file = open(payload);
    CompletableFuture<T> sent;
    try {
      sent = sending.from(Optional.of(file));
    } catch (RuntimeException e) {
      close(file);
      throw e;
    }
    return sent.whenComplete((response, failure) -> close(file));
  }

  private static RandomAccessFile open(Payload payload) {
    try {
      RandomAccessFile file = new RandomAccessFile(payload.file().orElseThrow().toFile(), "r");
      file.seek(payload.from());
      return file;
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Can't read the file to upload: " + LocalFailures.reason(e), e);
    }
  }

  private static void close(RandomAccessFile file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new ThermoclineException(ErrorKind.INTERNAL, "Can't close a file that was read", e);
    }
  }

  private void checkStored(String what, String key, Payload payload, String stored) {
    if (crc32c) {
      S3Failures.checkStored(calls.describe(what, key), payload, Optional.ofNullable(stored));
    }
  }

  @Override
  public void get(String key, long from, ByteBuffer... into) {
    GetObjectArgs args =
        GetObjectArgs.builder()
            .bucket(bucket)
            .object(key)
            .offset(from)
            .length((long) Buffers.remaining(into))
            .build();
    Optional<GetObjectResponse> response =
        calls.read(
            "get",
            key,
            () ->
                client
                    .getObject(args)
                    .thenApply(Optional::of)
                    .exceptionally(MinioCalls.instead(416, Optional.empty())));
    if (response.isEmpty()) {
      return; // Nothing begins there: the end.
    }
    try (GetObjectResponse body = response.get()) {
      String length = String.valueOf(body.headers().get("Content-Length"));
      new RangedBody(from, body.headers().get("Content-Range"), Long.parseLong(length))
          .readInto(body, into);
    } catch (IOException | NumberFormatException e) {
      throw S3Failures.unanswered(calls.describe("get", key), false, e);
    }
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    HeadObjectArgs args = HeadObjectArgs.builder().bucket(bucket).object(key).build();
    Optional<HeadObjectResponse> found =
        calls.read(
            "head",
            key,
            () ->
                client
                    .headObject(args)
                    .thenApply(Optional::of)
                    .exceptionally(MinioCalls.instead(404, Optional.empty())));
    return found.map(head -> new ObjectInfo(key, head.size(), head.lastModified().toInstant()));
  }

  @Override
  public void delete(String key) {
    RemoveObjectArgs args = RemoveObjectArgs.builder().bucket(bucket).object(key).build();
    Object unused = calls.write("delete", key, () -> client.removeObject(args));
  }

  @Override
  public Map<String, String> delete(List<String> keys) {
    DeleteObjectsArgs args =
        DeleteObjectsArgs.builder()
            .bucket(bucket)
            .objects(keys.stream().map(DeleteRequest.Object::new).toList())
            .quiet(true)
            .build();
    DeleteResult result =
        calls.write("delete", keys.get(0), () -> client.deleteObjects(args)).result();
    Map<String, String> remaining = new LinkedHashMap<>();
    result.errors().stream()
        .filter(error -> !"NoSuchKey".equals(error.code()))
        .forEach(error -> remaining.put(error.objectName(), error.code() + " " + error.message()));
    return remaining;
  }

  @Override
  public Page list(String prefix, Optional<String> page) {
    ListObjectsV2Args args =
        ListObjectsV2Args.builder()
            .bucket(bucket)
            .prefix(prefix)
            .encodingType("url")
            .maxKeys(1000)
            .continuationToken(page.orElse(null))
            .build();
    ListObjectsV2Response response = calls.read("list", prefix, () -> client.listObjectsV2(args));
    List<ObjectInfo> objects =
        response.result().contents().stream()
            .map(item -> info(item, response.result().encodingType()))
            .toList();
    return new Page(
        objects,
        response.result().isTruncated()
            ? Optional.of(response.result().nextContinuationToken())
            : Optional.empty());
  }

  private static ObjectInfo info(Item item, String encoding) {
    item.setEncodingType(encoding); // Names are decoded as their answer says.
    return new ObjectInfo(item.objectName(), item.size(), item.lastModified().toInstant());
  }

  @Override
  public String beginUpload(String key) {
    Http.Headers headers =
        crc32c ? new Http.Headers("X-Amz-Checksum-Algorithm", "CRC32C") : new Http.Headers();
    CreateMultipartUploadArgs args =
        CreateMultipartUploadArgs.builder().bucket(bucket).object(key).headers(headers).build();
    return calls.write("upload", key, () -> client.createMultipartUpload(args)).result().uploadId();
  }

  @Override
  public UploadedPart uploadPart(String key, String upload, int number, Payload payload) {
    UploadPartResponse response =
        calls.write(
            "upload",
            key,
            () ->
                withFile(
                    payload,
                    file ->
                        client.uploadPart(
                            body(UploadPartArgs.builder(), payload, file, new Http.Headers())
                                .bucket(bucket)
                                .object(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .build())));
    Part part = response.part();
    checkStored("upload", key, payload, part.checksumCRC32C());
    return new UploadedPart(number, part.etag(), Optional.ofNullable(part.checksumCRC32C()));
  }

  @Override
  public void completeUpload(String key, String upload, List<UploadedPart> parts) {
    Part[] all =
        parts.stream()
            .map(
                part ->
                    new Part(
                        part.number(),
                        part.etag(),
                        null,
                        part.crc32c().orElse(null),
                        null,
                        null,
                        null))
            .toArray(Part[]::new);
    CompleteMultipartUploadArgs args =
        CompleteMultipartUploadArgs.builder()
            .bucket(bucket)
            .object(key)
            .uploadId(upload)
            .parts(all)
            .maxRetries(1)
            .build();
    Object unused = calls.write("upload", key, () -> client.completeMultipartUpload(args));
  }

  @Override
  public UploadPage uploads(String prefix, Optional<OpenUpload> after) {
    ListMultipartUploadsArgs args =
        ListMultipartUploadsArgs.builder()
            .bucket(bucket)
            .prefix(prefix)
            .encodingType("url")
            .maxUploads(1000)
            .keyMarker(after.map(OpenUpload::key).orElse(null))
            .uploadIdMarker(after.map(OpenUpload::id).orElse(null))
            .build();
    ListMultipartUploadsResult result =
        calls.read("list uploads", prefix, () -> client.listMultipartUploads(args)).result();
    List<OpenUpload> uploads =
        result.uploads().stream().map(upload -> open(upload, result.encodingType())).toList();
    boolean more = result.isTruncated() && !uploads.isEmpty();
    return new UploadPage(
        uploads, more ? Optional.of(uploads.get(uploads.size() - 1)) : Optional.empty());
  }

  private static OpenUpload open(ListMultipartUploadsResult.Upload upload, String encoding) {
    upload.setEncodingType(encoding); // Names are decoded as their answer says.
    return new OpenUpload(upload.objectName(), upload.uploadId(), upload.initiated().toInstant());
  }

  @Override
  public void abortUpload(String key, String upload) {
    AbortMultipartUploadArgs args =
        AbortMultipartUploadArgs.builder().bucket(bucket).object(key).uploadId(upload).build();
    Object unused = calls.write("abort", key, () -> client.abortMultipartUpload(args));
  }

  @Override
  public void close() {
    connection.close();
  }
}
