package io.thermocline.cold.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.InstantSource;

/** Opens the store that a warehouse's scheme asks for. */
public final class ObjectStores {
  private ObjectStores() {}

  /**
   * Opens a store. A directory is made if there is none; a bucket is not, and is first asked for
   * when it is used.
   *
   * @param files where the warehouse lies when it is a directory
   * @throws ThermoclineException {@link ErrorKind#INVALID} for a scheme or a form that is not
   *     known; {@link ErrorKind#FAILED_PRECONDITION} when the directory can't be used
   */
  public static ObjectStore open(
      StoreSettings settings, FileSystem files, MeterRegistry registry, InstantSource clock) {
    return new BoundedObjectStore(backend(settings, files, clock), settings, registry);
  }

  /** Opens a store; a directory is one of this machine's. */
  public static ObjectStore open(
      StoreSettings settings, MeterRegistry registry, InstantSource clock) {
    return open(settings, FileSystems.getDefault(), registry, clock);
  }

  /**
   * Opens a warehouse that is there, to look at: that alone changes nothing in it.
   *
   * @param temporary a local directory that may be used meanwhile
   */
  public static ObjectStore openToLook(
      StoreSettings settings, Path temporary, MeterRegistry registry, InstantSource clock) {
    URI warehouse = settings.warehouse();
    ObjectStore store =
        "file".equals(warehouse.getScheme())
            ? LocalObjectStore.openToLook(Path.of(directory(warehouse)), temporary)
            : backend(settings, FileSystems.getDefault(), clock);
    return new BoundedObjectStore(store, settings, registry);
  }

  private static ObjectStore backend(
      StoreSettings settings, FileSystem files, InstantSource clock) {
    URI warehouse = settings.warehouse();
    String scheme = String.valueOf(warehouse.getScheme());
    return switch (scheme) {
      case "file" -> LocalObjectStore.open(files.getPath(directory(warehouse)), clock);
      case "s3" -> {
        S3Location root = S3Location.parse(warehouse);
        yield new S3ObjectStore(root, new AwsRequests(root.bucket(), settings), settings);
      }
      case "minio" -> {
        S3Location root = S3Location.parse(warehouse);
        yield new S3ObjectStore(root, new MinioRequests(root.bucket(), settings), settings);
      }
      default -> throw refused(warehouse, "its scheme is not one of file, s3, minio");
    };
  }

  private static String directory(URI warehouse) {
    if (warehouse.getAuthority() != null && !warehouse.getAuthority().equals("localhost")) {
      throw refused(warehouse, "a directory has no host; write file:///directory");
    }
    // file:data/warehouse is opaque, and relative to the working directory.
    String path = warehouse.isOpaque() ? warehouse.getSchemeSpecificPart() : warehouse.getPath();
    if (path.isEmpty() || path.equals("/")) {
      throw refused(warehouse, "it names no directory");
    }
    return path;
  }

  private static ThermoclineException refused(URI warehouse, String why) {
    return new ThermoclineException(
        ErrorKind.INVALID,
        ("Not a warehouse: %s: %s. Write file:///directory, s3://bucket/prefix or"
                + " minio://bucket/prefix")
            .formatted(redacted(warehouse), why));
  }

  /** Someone may have written credentials into it. */
  static String redacted(URI uri) {
    return uri.toString().replaceFirst("//[^/@]*@", "//***@");
  }
}
