package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/** What a request sends: bytes, or a piece of a file. Can be read again; one thread. */
final class Payload {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Optional<byte[]> bytes;
  private final Optional<Path> file;
  private final long from;
  private final long length;
  private String crc32c;

  private Payload(Optional<byte[]> bytes, Optional<Path> file, long from, long length) {
    this.bytes = bytes;
    this.file = file;
    this.from = from;
    this.length = length;
  }

  static Payload of(byte[] bytes) {
    return new Payload(Optional.of(bytes), Optional.empty(), 0, bytes.length);
  }

  /** The file's bytes {@code [from, from + length)}. */
  static Payload of(Path file, long from, long length) {
    return new Payload(Optional.empty(), Optional.of(file), from, length);
  }

  /** Present when it is no file. */
  Optional<byte[]> bytes() {
    return bytes;
  }

  /** Present when it is a piece of a file. */
  Optional<Path> file() {
    return file;
  }

  /** Where in the file it begins. */
  long from() {
    return from;
  }

  long length() {
    return length;
  }

  InputStream open() {
    if (bytes.isPresent()) {
      return new ByteArrayInputStream(bytes.get());
    }
    try {
      InputStream in = Files.newInputStream(file.orElseThrow());
      in.skipNBytes(from);
      return new Piece(in, length);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** As HTTP headers carry it. */
  String crc32c() {
    if (crc32c == null) {
      CRC32C crc = new CRC32C();
      eachPiece((buffer, count) -> crc.update(buffer, 0, count));
      byte[] sum = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
      crc32c = Base64.getEncoder().encodeToString(sum);
    }
    return crc32c;
  }

  /** As HTTP headers carry it. */
  String md5() {
    return Base64.getEncoder().encodeToString(digest("MD5"));
  }

  /** As signatures carry it. */
  String sha256Hex() {
    return HexFormat.of().formatHex(digest("SHA-256"));
  }

  private byte[] digest(String algorithm) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new ThermoclineException(
          ErrorKind.UNSUPPORTED, "This Java has no " + algorithm + ", which the store needs", e);
    }
    eachPiece((buffer, count) -> digest.update(buffer, 0, count));
    return digest.digest();
  }

  private interface Digest {
    void update(byte[] buffer, int count);
  }

  private void eachPiece(Digest digest) {
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, length))];
    long left = length;
    try (InputStream in = open()) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, got);
        left -= got;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (left != 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "File %s became shorter while it was uploaded".formatted(file));
    }
  }

  private ThermoclineException unreadable(IOException e) {
    return new ThermoclineException(
        ErrorKind.INVALID,
        "Can't read %s for its upload: %s".formatted(file, LocalFailures.reason(e)),
        e);
  }

  /** Ends after a number of bytes. */
  private static final class Piece extends InputStream {
    private final InputStream in;
    private long left;

    Piece(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      int b = left == 0 ? -1 : in.read();
      left -= b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (left == 0 && count > 0) {
        return -1;
      }
      int got = in.read(into, offset, (int) Math.min(count, left));
      left -= Math.max(got, 0);
      return got;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
