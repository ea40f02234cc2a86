package io.thermocline.tiering.policy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OwnerOnly;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A small text in a file of its own, replaced whole and durably: a head line with kind, version,
 * checksum and size, then the text as it is.
 *
 * <pre>thermocline policies v1 crc32c=0123abcd bytes=512</pre>
 */
public final class SealedText {
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern HEAD =
      Pattern.compile(
          "thermocline ([a-z-]+) v([0-9]{1,9})(?: crc32c=([0-9a-f]{8}) bytes=([0-9]+))?.*");

  private final Path file;
  private final String kind;

  /**
   * Names the file; does no I/O.
   *
   * @param kind of lower case letters, as it stands in the head
   */
  public SealedText(Path file, String kind) {
    this.file = file;
    this.kind = kind;
  }

  /**
   * The text; empty when there is no file.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is damaged, {@link
   *     ErrorKind#FAILED_PRECONDITION} when a newer version wrote it, {@link ErrorKind#TRANSIENT}
   *     when it can't be read
   */
  public Optional<String> read() {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > MAX_BYTES) {
        throw corrupt("it has " + Files.size(file) + " bytes, the limit is " + MAX_BYTES);
      }
      byte[] bytes = Files.readAllBytes(file);
      int lineEnd = 0;
      while (lineEnd < bytes.length && bytes[lineEnd] != '\n') {
        lineEnd++;
      }
      String head = new String(bytes, 0, lineEnd, StandardCharsets.UTF_8);
      int from = Math.min(lineEnd + 1, bytes.length);
      return Optional.of(checked(head, ByteBuffer.wrap(bytes, from, bytes.length - from)));
    } catch (IOException e) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Reading " + file + " failed", e);
    }
  }

  private String checked(String head, ByteBuffer text) {
    Matcher parts = HEAD.matcher(head);
    if (!parts.matches() || !parts.group(1).equals(kind)) {
      throw corrupt("its first line is not that of " + kind);
    }
    if (Integer.parseInt(parts.group(2)) > VERSION) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "%s has version %s, this Thermocline knows up to %d: run the newer one"
              .formatted(file, parts.group(2), VERSION));
    }
    if (parts.group(3) == null
        || !parts.group(3).equals(crc(text))
        || !parts.group(4).equals(String.valueOf(text.remaining()))) {
      throw corrupt("size or checksum do not match");
    }
    return StandardCharsets.UTF_8.decode(text.duplicate()).toString();
  }

  /**
   * Replaces the text. Once this returns it is durable; when it throws, the old or the new text is
   * there, whole.
   *
   * @throws ThermoclineException {@link ErrorKind#OUTCOME_UNKNOWN} when it failed on the way
   */
  public void write(String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    String head =
        "thermocline %s v%d crc32c=%s bytes=%d\n"
            .formatted(kind, VERSION, crc(ByteBuffer.wrap(body)), body.length);
    Path directory = file.toAbsolutePath().getParent();
    Path temporary = directory.resolve(file.getFileName() + ".new");
    try {
      OwnerOnly.createDirectories(directory);
      try (FileChannel out =
          FileChannel.open(
              temporary,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE),
              OwnerOnly.file(temporary))) {
        writeAll(out, head.getBytes(StandardCharsets.UTF_8));
        writeAll(out, body);
        out.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceNames(directory);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN, "Writing " + file + " failed: it may have changed or not", e);
    }
  }

  /**
   * Deletes the file; harmless when there is none. Once this returns that is durable.
   *
   * @throws ThermoclineException {@link ErrorKind#OUTCOME_UNKNOWN} when it failed on the way
   */
  public void delete() {
    try {
      Files.deleteIfExists(file);
      forceNames(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN, "Deleting " + file + " failed: it may be gone or not", e);
    }
  }

  private static void forceNames(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory)) {
      names.force(true);
    }
  }

  private static void writeAll(FileChannel out, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      int written = out.write(left);
      if (written < 0) {
        throw new IOException("Nothing written");
      }
    }
  }

  private static String crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return "%08x".formatted((int) crc.getValue());
  }

  private ThermoclineException corrupt(String why) {
    return new ThermoclineException(ErrorKind.CORRUPT, file + " is damaged: " + why);
  }
}
