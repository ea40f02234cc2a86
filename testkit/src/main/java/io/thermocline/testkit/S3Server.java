package io.thermocline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;

/**
 * An S3 server inside this JVM, on the loopback address, with path-style addresses and signed
 * requests. Conditional puts are atomic. As a file system lies below, an object's key cannot also
 * be another one's folder.
 */
public final class S3Server implements AutoCloseable {
  /** The access key it knows. */
  public static final String ACCESS_KEY = "thermocline";

  /** The secret that goes with {@link #ACCESS_KEY}. */
  public static final String SECRET_KEY = "thermocline-secret";

  /** The region to sign for; any other is accepted too. */
  public static final String REGION = "us-east-1";

  private final BlobStore store;
  private final S3Faults faults = new S3Faults();
  private final AtomicInteger bucketsMade = new AtomicInteger();
  private final int port;
  private S3Proxy proxy;

  private S3Server(BlobStore store, int port) {
    this.store = store;
    this.proxy = listen(port);
    this.port = proxy.getPort();
  }

  /** Starts a server on a free port that keeps its objects in memory. */
  public static S3Server start() {
    return new S3Server(new TransientNio2BlobStore(), 0);
  }

  /**
   * Starts a server that keeps its objects as files.
   *
   * @param port 0 for a free one
   * @param directory made when it is missing; each bucket is a directory in it
   */
  public static S3Server start(int port, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("No directory " + directory, e);
    }
    return new S3Server(new FilesystemNio2BlobStore(directory.toAbsolutePath().toString()), port);
  }

  /** Where it listens. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Makes a bucket nobody has used, and returns its name. */
  public String newBucket() {
    String bucket = "bucket-" + bucketsMade.incrementAndGet();
    createBucket(bucket);
    return bucket;
  }

  /** Makes a bucket unless it is there. */
  public void createBucket(String bucket) {
    if (!store.containerExists(bucket)) {
      store.createContainer(bucket);
    }
  }

  /** What goes wrong. */
  public S3Faults faults() {
    return faults;
  }

  /** Stops listening: connections are refused until {@link #resume}. What is stored stays. */
  public synchronized void refuseConnections() {
    stop();
  }

  /** Listens again, on the same port. */
  public synchronized void resume() {
    proxy = listen(port);
  }

  @Override
  public synchronized void close() {
    faults.clear();
    stop();
    store.close();
  }

  private S3Proxy listen(int onPort) {
    S3Proxy listening =
        S3Proxy.builder()
            .blobStore(new FaultyBlobStore(store, faults))
            .endpoint(URI.create("http://127.0.0.1:" + onPort))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .ignoreUnknownHeaders(true)
            .stopTimeout(0)
            .build();
    try {
      listening.start();
    } catch (Exception e) {
      throw new IllegalStateException("No S3 server on port " + onPort, e);
    }
    return listening;
  }

  private void stop() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The S3 server does not stop", e);
    }
  }
}
