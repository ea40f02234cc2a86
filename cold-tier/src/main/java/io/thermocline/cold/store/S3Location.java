package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.URI;
import java.util.Optional;

/**
 * A warehouse in a bucket.
 *
 * @param bucket its name
 * @param prefix what stands before every key: empty, or ending in a slash
 */
record S3Location(String bucket, String prefix) {

  /** Of {@code scheme://bucket/prefix}. */
  static S3Location parse(URI warehouse) {
    String bucket = warehouse.getAuthority();
    if (bucket == null || !bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,254}")) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Not a warehouse in a bucket: %s. Write %s://bucket/prefix; credentials are settings"
              .formatted(ObjectStores.redacted(warehouse), warehouse.getScheme()));
    }
    String prefix = warehouse.getPath().replaceAll("^/+|/+$", "");
    if (prefix.isEmpty()) {
      return new S3Location(bucket, "");
    }
    ObjectKeys.check(prefix);
    return new S3Location(bucket, prefix + "/");
  }

  String fullKey(String key) {
    return prefix + key;
  }

  ObjectInfo relative(ObjectInfo info) {
    return new ObjectInfo(info.key().substring(prefix.length()), info.size(), info.modified());
  }

  /** As every engine knows it, whatever scheme the warehouse was given with. */
  String location(String key) {
    String all = "s3://" + bucket + "/" + prefix + key;
    return key.isEmpty() ? all.substring(0, all.length() - 1) : all;
  }

  Optional<String> keyOf(String location) {
    String canonical = location.replaceFirst("^(s3a|s3n|minio)://", "s3://");
    return StoreLocations.below(location(""), canonical);
  }
}
