package io.thermocline.cold.store;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** {@link S3Requests} through the AWS SDK. */
final class AwsRequests implements S3Requests {
  /** Beside reads and writes: listing, and what runs while one of them ends. */
  private static final int SPARE_CONNECTIONS = 8;

  private final String bucket;
  private final boolean crc32c;
  private final S3Client client;

  AwsRequests(String bucket, StoreSettings settings) {
    this.bucket = bucket;
    this.crc32c = settings.s3().checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
    this.client = client(settings, crc32c);
  }

  private static S3Client client(StoreSettings settings, boolean crc32c) {
    S3Settings s3 = settings.s3();
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(s3.region()))
            .forcePathStyle(s3.pathStyle())
            .credentialsProvider(AwsCredentials.of(s3))
            .httpClientBuilder(http(settings))
            .overrideConfiguration(
                overrides ->
                    overrides
                        .retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(settings.attemptTimeout())
                        .apiCallTimeout(settings.attemptTimeout()));
    s3.endpoint().ifPresent(builder::endpointOverride);
    if (crc32c) {
      builder
          .requestChecksumCalculation(RequestChecksumCalculation.WHEN_SUPPORTED)
          .responseChecksumValidation(ResponseChecksumValidation.WHEN_SUPPORTED);
    } else {
      builder
          .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
          .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
          .addPlugin(LegacyMd5Plugin.create());
    }
    return builder.build();
  }

  private static Apache5HttpClient.Builder http(StoreSettings settings) {
    return Apache5HttpClient.builder()
        .connectionTimeout(settings.connectTimeout())
        .connectionAcquisitionTimeout(settings.connectTimeout())
        .socketTimeout(settings.attemptTimeout())
        // Asking before sending costs a round trip for each write, and some stores never answer.
        .expectContinueEnabled(false)
        .maxConnections(
            settings.concurrentReads() + settings.concurrentWrites() + SPARE_CONNECTIONS);
  }

  @Override
  public void put(String key, Payload payload) {
    PutObjectResponse response =
        write("put", key, () -> client.putObject(putRequest(key, payload), body(payload)));
    checkStored("put", key, payload, Optional.ofNullable(response.checksumCRC32C()));
  }

  @Override
  public PutOutcome putIfAbsent(String key, Payload payload) {
    PutObjectRequest request = putRequest(key, payload).toBuilder().ifNoneMatch("*").build();
    return write(
        "putIfAbsent",
        key,
        () -> {
          try {
            PutObjectResponse unused = client.putObject(request, body(payload));
            return PutOutcome.WRITTEN;
          } catch (AwsServiceException e) {
            if (e.statusCode() == 412) {
              return PutOutcome.EXISTS;
            }
            throw e;
          }
        });
  }

  private PutObjectRequest putRequest(String key, Payload payload) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder().bucket(bucket).key(key).contentLength(payload.length());
    return (crc32c ? request.checksumCRC32C(payload.crc32c()) : request.contentMD5(payload.md5()))
        .build();
  }

  private static RequestBody body(Payload payload) {
    return RequestBody.fromContentProvider(
        ContentStreamProvider.fromInputStreamSupplier(payload::open),
        payload.length(),
        "application/octet-stream");
  }

  private void checkStored(String what, String key, Payload payload, Optional<String> stored) {
    if (crc32c) {
      S3Failures.checkStored(describe(what, key), payload, stored);
    }
  }

  @Override
  public void get(String key, long from, ByteBuffer... into) {
    String range = "bytes=%d-%d".formatted(from, from + Buffers.remaining(into) - 1);
    boolean unused =
        read(
            "get",
            key,
            () -> {
              try {
                return client.getObject(
                    request -> request.bucket(bucket).key(key).range(range),
                    (response, body) -> {
                      new RangedBody(from, response.contentRange(), response.contentLength())
                          .readInto(body, into);
                      return true;
                    });
              } catch (AwsServiceException e) {
                if (e.statusCode() == 416) {
                  return true; // Nothing begins there: the end.
                }
                throw e;
              }
            });
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return read(
        "head",
        key,
        () -> {
          try {
            HeadObjectResponse found =
                client.headObject(request -> request.bucket(bucket).key(key));
            return Optional.of(new ObjectInfo(key, found.contentLength(), found.lastModified()));
          } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  @Override
  public void delete(String key) {
    Object unused =
        write("delete", key, () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
  }

  @Override
  public Map<String, String> delete(List<String> keys) {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    DeleteObjectsResponse response =
        write(
            "delete",
            keys.get(0),
            () ->
                client.deleteObjects(
                    request ->
                        request.bucket(bucket).delete(all -> all.objects(objects).quiet(true))));
    Map<String, String> remaining = new LinkedHashMap<>();
    response.errors().stream()
        .filter(error -> !"NoSuchKey".equals(error.code()))
        .forEach(error -> remaining.put(error.key(), error.code() + " " + error.message()));
    return remaining;
  }

  @Override
  public Page list(String prefix, Optional<String> page) {
    ListObjectsV2Response response =
        read(
            "list",
            prefix,
            () ->
                client.listObjectsV2(
                    request ->
                        request
                            .bucket(bucket)
                            .prefix(prefix)
                            .continuationToken(page.orElse(null))));
    List<ObjectInfo> objects =
        response.contents().stream()
            .map(object -> new ObjectInfo(object.key(), object.size(), object.lastModified()))
            .toList();
    boolean more = Boolean.TRUE.equals(response.isTruncated());
    return new Page(
        objects, more ? Optional.of(response.nextContinuationToken()) : Optional.empty());
  }

  @Override
  public String beginUpload(String key) {
    return write(
        "upload",
        key,
        () ->
            client
                .createMultipartUpload(
                    request -> {
                      request.bucket(bucket).key(key);
                      if (crc32c) {
                        request.checksumAlgorithm(ChecksumAlgorithm.CRC32_C);
                      }
                    })
                .uploadId());
  }

  @Override
  public UploadedPart uploadPart(String key, String upload, int number, Payload payload) {
    Optional<String> crc = crc32c ? Optional.of(payload.crc32c()) : Optional.empty();
    String md5 = crc32c ? null : payload.md5();
    UploadPartResponse response =
        write(
            "upload",
            key,
            () ->
                client.uploadPart(
                    request ->
                        request
                            .bucket(bucket)
                            .key(key)
                            .uploadId(upload)
                            .partNumber(number)
                            .contentLength(payload.length())
                            .checksumCRC32C(crc.orElse(null))
                            .contentMD5(md5),
                    body(payload)));
    checkStored("upload", key, payload, Optional.ofNullable(response.checksumCRC32C()));
    return new UploadedPart(
        number, response.eTag(), Optional.ofNullable(response.checksumCRC32C()));
  }

  @Override
  public void completeUpload(String key, String upload, List<UploadedPart> parts) {
    List<CompletedPart> completed =
        parts.stream()
            .map(
                part ->
                    CompletedPart.builder()
                        .partNumber(part.number())
                        .eTag(part.etag())
                        .checksumCRC32C(part.crc32c().orElse(null))
                        .build())
            .toList();
    Object unused =
        write(
            "upload",
            key,
            () ->
                client.completeMultipartUpload(
                    request ->
                        request
                            .bucket(bucket)
                            .key(key)
                            .uploadId(upload)
                            .multipartUpload(all -> all.parts(completed))));
  }

  @Override
  public UploadPage uploads(String prefix, Optional<OpenUpload> after) {
    ListMultipartUploadsResponse response =
        read(
            "list uploads",
            prefix,
            () ->
                client.listMultipartUploads(
                    request ->
                        request
                            .bucket(bucket)
                            .prefix(prefix)
                            .keyMarker(after.map(OpenUpload::key).orElse(null))
                            .uploadIdMarker(after.map(OpenUpload::id).orElse(null))));
    List<OpenUpload> uploads =
        response.uploads().stream()
            .map(upload -> new OpenUpload(upload.key(), upload.uploadId(), upload.initiated()))
            .toList();
    boolean more = Boolean.TRUE.equals(response.isTruncated()) && !uploads.isEmpty();
    return new UploadPage(
        uploads, more ? Optional.of(uploads.get(uploads.size() - 1)) : Optional.empty());
  }

  @Override
  public void abortUpload(String key, String upload) {
    Object unused =
        write(
            "abort",
            key,
            () ->
                client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(upload)));
  }

  @Override
  public void close() {
    client.close();
  }

  private <T> T write(String what, String key, Supplier<T> once) {
    return run(what, key, true, once);
  }

  private <T> T read(String what, String key, Supplier<T> once) {
    return run(what, key, false, once);
  }

  private <T> T run(String what, String key, boolean write, Supplier<T> once) {
    try {
      return once.get();
    } catch (AwsServiceException e) {
      String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
      String message = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorMessage();
      throw S3Failures.answered(
          describe(what, key), write, e.statusCode(), code == null ? "" : code, message, e);
    } catch (SdkException e) {
      if (String.valueOf(e.getMessage()).contains("Unable to load credentials")) {
        throw S3Failures.noCredentials(describe(what, key), e);
      }
      throw S3Failures.unanswered(describe(what, key), write, e);
    } catch (IllegalStateException e) {
      // The pool was shut down by close().
      throw S3Failures.unanswered(describe(what, key), write, e);
    }
  }

  private String describe(String what, String key) {
    return "%s of s3://%s/%s".formatted(what, bucket, key);
  }
}
