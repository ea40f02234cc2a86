package io.thermocline.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What the records say. */
public final class Values {
  private static final int DISTINCT = 4096;
  private static final String EARTHQUAKES = "server/src/main/resources/samples/earthquakes.jsonl";

  private final byte[][] values;

  /** Values that may have to be read. */
  public interface Source {
    /**
     * @param home the directory of the checkout
     */
    Values values(Path home) throws IOException;
  }

  private Values(byte[][] values) {
    this.values = values;
  }

  /** Hexadecimal digits: they compress to about half, as JSON with numbers in it does. */
  public static Values ofSize(int bytes) {
    Random random = new Random(42);
    byte[][] values = new byte[DISTINCT][bytes];
    for (byte[] value : values) {
      for (int at = 0; at < bytes; at++) {
        value[at] = (byte) Character.forDigit(random.nextInt(16), 16);
      }
    }
    return new Values(values);
  }

  /** The sample stream, over and over: 1,707 documents of about 700 bytes. */
  public static Values earthquakes(Path home) throws IOException {
    List<String> lines = Files.readAllLines(home.resolve(EARTHQUAKES), StandardCharsets.UTF_8);
    return new Values(
        lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new));
  }

  /** Of all values, rounded down; at least 1. */
  public int meanBytes() {
    long sum = Arrays.stream(values).mapToLong(value -> value.length).sum();
    return Math.toIntExact(Math.max(1, sum / values.length));
  }

  /** The value of the record with that number. */
  public byte[] get(long number) {
    return values[(int) (number % values.length)];
  }
}
