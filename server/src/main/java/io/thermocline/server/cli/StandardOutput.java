package io.thermocline.server.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard output for bytes. Unlike {@link System#out} it says when nobody reads any more, as when
 * {@code head} has seen enough.
 */
final class StandardOutput extends BufferedOutputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private StandardOutput(PrintStream out) {
    super(new Checked(out), BUFFER_BYTES);
  }

  static StandardOutput open() {
    return new StandardOutput(System.out);
  }

  /** The reader of our output is gone. */
  static final class ClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    private ClosedException() {
      super("nobody reads the output any more");
    }
  }

  private static final class Checked extends OutputStream {
    private final PrintStream out;

    Checked(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      out.write(one);
      check();
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
      out.write(bytes, start, length);
      check();
    }

    @Override
    public void flush() throws IOException {
      check();
    }

    /** It stays open: it is not ours. */
    @Override
    public void close() throws IOException {
      check();
    }

    private void check() throws IOException {
      if (out.checkError()) {
        throw new ClosedException();
      }
    }
  }
}
