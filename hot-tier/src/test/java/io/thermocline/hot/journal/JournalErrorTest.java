package io.thermocline.hot.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors, as of a virtual machine without memory or threads, leave nobody without an answer. */
class JournalErrorTest {
  @TempDir Path directory;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private boolean threads = true;
  private Journal journal;

  @BeforeEach
  void make() {
    journal =
        new Journal(
            new LocalDisk(),
            directory,
            1 << 20,
            bytes -> true,
            new SimpleMeterRegistry(),
            this::execute,
            (users, allForced) -> {});
    assertThat(journal.offer(new Entry())).as("taken before there are files").isFalse();
    tasks.remove().run();
  }

  private void execute(Runnable task) {
    if (!threads) {
      throw new OutOfMemoryError("unable to create native thread (injected)");
    }
    tasks.add(task);
  }

  /** Remembers what it was told. */
  private static class Entry implements JournalEntry {
    private String told = "nothing";

    @Override
    public Place place() {
      return new Place(new UUID(1, 2), 3, 0, 0, 1, 1);
    }

    @Override
    public void writeTo(ByteBuffer frame) {
      ByteBuffer unused = frame.put((byte) 'x');
    }

    @Override
    public JournalUser user() {
      return () -> true;
    }

    @Override
    public void durable() {
      told = "durable";
    }

    @Override
    public void refused() {
      told = "refused";
    }

    @Override
    public void failed(IOException cause) {
      told = "failed";
    }
  }

  @Test
  void anErrorWhileAFrameIsFilledFailsAllInItRefusesTheRestAndEndsTheJournal() {
    Entry[] behind = {new Entry()};
    Entry first = new Entry();
    Entry broken =
        new Entry() {
          @Override
          public void writeTo(ByteBuffer frame) {
            assertThat(journal.offer(behind[0])).isTrue();
            throw new OutOfMemoryError("injected");
          }
        };
    assertThat(journal.offer(first)).isTrue();
    assertThat(journal.offer(broken)).isTrue();
    assertThatThrownBy(() -> tasks.remove().run()).isInstanceOf(OutOfMemoryError.class);
    assertThat(first.told).isEqualTo("failed");
    assertThat(broken.told).isEqualTo("failed");
    assertThat(behind[0].told).isEqualTo("refused");
    assertThat(journal.offer(new Entry())).isFalse();
  }

  @Test
  void anErrorOfOneThatIsToldKeepsItFromNobodyElse() {
    Entry broken =
        new Entry() {
          @Override
          public void durable() {
            throw new OutOfMemoryError("injected");
          }
        };
    Entry second = new Entry();
    assertThat(journal.offer(broken)).isTrue();
    assertThat(journal.offer(second)).isTrue();
    assertThatThrownBy(() -> tasks.remove().run()).isInstanceOf(OutOfMemoryError.class);
    assertThat(second.told).isEqualTo("durable");
    assertThat(works()).isTrue();
  }

  @Test
  void withoutAThreadAnEntryIsNotTakenAndTheNextOneTriesAgain() {
    threads = false;
    Entry first = new Entry();
    assertThatThrownBy(() -> journal.offer(first)).isInstanceOf(OutOfMemoryError.class);
    threads = true;
    assertThat(works()).isTrue();
    assertThat(first.told).isEqualTo("nothing");
  }

  private boolean works() {
    Entry entry = new Entry();
    boolean taken = journal.offer(entry);
    tasks.remove().run();
    return taken && entry.told.equals("durable");
  }
}
