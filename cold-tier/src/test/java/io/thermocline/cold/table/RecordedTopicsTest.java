package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicNote.Mark;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the warehouse says of a topic leads to its table at any time, with few requests. */
final class RecordedTopicsTest extends OnWarehouse {
  private static final Map<String, String> SETTINGS = Map.of("tiering.enabled", "true");
  private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");

  @Test
  void aTopicIsWrittenBeforeAnythingOfItIsTiered() {
    cold().note(note(3, 0, 7));

    TopicRecord record = record();
    assertThat(record.note()).isEqualTo(note(3, 0, 7));
    assertThat(record.table()).isEmpty();
    assertThat(record.epoch()).isEqualTo(1);
  }

  @Test
  void eachCommitIsPointedToWithTheEndAtThatTime() throws IOException {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    assertPointsToNewest();
    assertThat(record().tieredTo()).containsEntry(0, 10L);
    assertThat(record().note().mark(0).end()).isEqualTo(15);

    cold().note(note(1, 0, 33));
    assertThat(record().note().mark(0).end()).isEqualTo(15);
    tier(id, Records.plain(10, 10));
    assertPointsToNewest();
    assertThat(record().note().mark(0).end()).isEqualTo(33);
    assertThat(files()).hasSize(1);
  }

  @Test
  void whatATopicCouldNotDoWithoutIsWrittenAtOnce() {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    for (TopicNote changed :
        List.of(
            note(2, 0, 15),
            new TopicNote(topic(2), Map.of("tiering.enabled", "false"), marks(0, 15, 0, 0)),
            new TopicNote(topic(2), SETTINGS, marks(0, 15, 1, 0)),
            new TopicNote(topic(2), SETTINGS, marks(0, 15, 1, 9)))) {
      cold().note(changed);
      assertThat(record().note()).isEqualTo(changed);
      assertPointsToNewest();
    }
  }

  @Test
  void whatMovesByItselfIsWrittenNowAndThen() {
    cold().note(note(1, 0, 100));
    cold().note(note(1, 10, 100));
    assertThat(record().note().mark(0).logStart()).isZero();
    warehouse.clock.advance(Duration.ofMinutes(10));
    cold().note(note(1, 20, 100));
    assertThat(record().note().mark(0).logStart()).isEqualTo(20);
    cold().note(note(1, 20, 130));
    assertThat(record().note().mark(0).end()).isEqualTo(100);
    warehouse.clock.advance(Duration.ofMinutes(10));
    cold().note(note(1, 20, 140));
    assertThat(record().note().mark(0).end()).isEqualTo(140);
  }

  @Test
  void whatCouldNotBeAskedKeepsItsMark() {
    cold().note(note(1, 5, 100));
    cold().note(new TopicNote(topic(2), SETTINGS, Map.of()));
    assertThat(record().note().mark(0)).isEqualTo(new Mark(5, 100, 0, 0));
  }

  @Test
  void aRestartGoesOnWithTheRecord() {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    TopicRecord before = record();
    node = warehouse.start();
    cold().note(note(1, 0, 20));
    assertThat(record()).isEqualTo(before);
    tier(id, Records.plain(10, 10));
    assertPointsToNewest();
  }

  @Test
  void aNewOwnerWritesItsOwnAndTakesTheOldOneAway() throws IOException {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    TestWarehouse.Node old = node;
    node = warehouse.startTakeOver();
    cold().note(note(1, 0, 15));
    assertThat(record().epoch()).isEqualTo(2);
    assertThat(files()).hasSize(1);
    assertPointsToNewest();

    // The earlier one does not know yet: what it writes counts no more.
    old.cold().note(note(5, 0, 15));
    assertThat(record().topic().partitionCount()).isEqualTo(1);
    assertThat(record().epoch()).isEqualTo(2);
  }

  @Test
  void anOwnerThatIsOneNoMoreTakesNoRecordOfTheNextOneAway() {
    cold().note(note(1, 0, 15));
    TestWarehouse.Node old = node;
    node = warehouse.startTakeOver();
    cold().note(note(1, 0, 15));
    TopicRecord record = record();

    old.cold().retire(id.topic());

    assertThat(record()).isEqualTo(record);
  }

  @Test
  void aCommitWhoseRecordCanNotBeWrittenIsUnknownAndLetsNothingGo() throws IOException {
    cold().note(note(1, 0, 15));
    Path folder = warehouse.warehouse().resolve("_thermocline/topics");
    Path aside = folder.resolveSibling("aside");
    Files.move(folder, aside);
    Files.writeString(folder, "in the way");
    var file = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
    var commit = new ColdCommit(UUID.randomUUID(), List.of(ColdTierSubject.move(id, 0, 10, file)));
    Await.throwsKind(
        ErrorKind.OUTCOME_UNKNOWN, () -> assertThat(cold().commit(id.topic(), commit)).isNull());
    Files.delete(folder);
    Files.move(aside, folder);

    assertThat(cold().commit(id.topic(), commit).partition(0).tieredTo()).isEqualTo(10);
    assertPointsToNewest();
  }

  @Test
  void whatACrashLeftUnwrittenIsWrittenBeforeAnythingIsLetGoOf() throws IOException {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    byte[] stale = Files.readAllBytes(files().get(0));
    tier(id, Records.plain(10, 10));
    Files.write(files().get(0), stale);
    node = warehouse.start();

    assertThat(cold().fresh(id.topic()).orElseThrow().partition(0).tieredTo()).isEqualTo(20);
    assertThat(Files.readAllBytes(files().get(0))).as("a look changes nothing").isEqualTo(stale);

    assertThat(cold().confirmed(id.topic())).isPresent();

    assertPointsToNewest();
    assertThat(record().tieredTo()).containsEntry(0, 20L);
  }

  @Test
  void aCatalogOneVersionBehindTheRecordIsSaid() throws IOException {
    tier(id, Records.plain(0, 10));
    node.cold().close();
    Path copy = directory.resolve("backup.db");
    Files.copy(warehouse.database(), copy);
    node = warehouse.start();
    tier(id, Records.plain(10, 10));
    node.cold().close();
    for (String suffix : new String[] {"-wal", "-shm"}) {
      Files.deleteIfExists(Path.of(warehouse.database() + suffix));
    }
    Files.copy(copy, warehouse.database(), StandardCopyOption.REPLACE_EXISTING);
    node = warehouse.start();
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(cold().read(id, 0, 100)).isNull());
  }

  @Test
  void aDeletedTopicSaysSoAndAPurgedOneIsForgotten() throws IOException {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    cold().retire(id.topic());
    cold().retire(id.topic());
    assertThat(record().deletion()).contains(TopicRecord.Deletion.KEEP);
    assertThat(record().table()).isPresent();
    assertThat(cold().lastKnown(id.topic())).as("what is kept in memory").isEmpty();

    cold().purge(id.topic());
    assertThat(files()).isEmpty();
    cold().retire(id.topic());
    assertThat(files()).isEmpty();
  }

  @Test
  void aDeletedTopicWithoutATableLeavesNoRecord() throws IOException {
    cold().note(note(1, 0, 15));
    cold().retire(id.topic());
    assertThat(files()).isEmpty();
  }

  @Test
  void damageIsToldAndANewerFormatRefused() throws IOException {
    cold().note(note(1, 0, 15));
    Path file = files().get(0);
    String text = Files.readString(file);
    TopicRecords records = new TopicRecords(warehouse.store());
    Files.writeString(file, text.replace("\"end\":15", "\"end\":16"));
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(records.find(id.topic().uuid())).isNull());
    Files.writeString(file, text.substring(0, text.length() / 2));
    Await.throwsKind(ErrorKind.CORRUPT, () -> assertThat(records.find(id.topic().uuid())).isNull());
    Files.writeString(file, text.replace("\"version\":1", "\"version\":2"));
    Await.throwsKind(
        ErrorKind.FAILED_PRECONDITION, () -> assertThat(records.find(id.topic().uuid())).isNull());
  }

  @Test
  void aDamagedRecordKeepsNobodyFromReadingAndIsWrittenAnew() throws IOException {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    Files.writeString(files().get(0), "{}");
    node = warehouse.start();

    assertThat(readAll(id, 0, 1 << 20)).hasSize(10);
    cold().note(note(1, 0, 15));

    assertThat(record().note()).isEqualTo(note(1, 0, 15));
    assertPointsToNewest();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTopicWithADamagedRecordIsDeletedWithItsTableKept(boolean looked) throws IOException {
    cold().note(note(1, 0, 15));
    tier(id, Records.plain(0, 10));
    Files.writeString(files().get(0), "{}");
    node = warehouse.start();
    if (looked) {
      assertThat(partition(id).tieredTo()).isEqualTo(10);
    }

    cold().retire(id.topic());

    assertThat(record().deletion()).contains(TopicRecord.Deletion.KEEP);
    assertThat(record().topic().id()).isEqualTo(id.topic());
    assertPointsToNewest();
  }

  @Test
  void aDamagedRecordOfATopicWithoutATableGoesWithTheTopic() throws IOException {
    cold().note(note(1, 0, 15));
    Files.writeString(files().get(0), "{}");
    node = warehouse.start();

    cold().retire(id.topic());

    assertThat(files()).isEmpty();
  }

  @Test
  void thePoliciesOfTheLastOwnerCount() throws IOException {
    cold().notePolicies("a: 1");
    cold().notePolicies("a: 2");
    TopicRecords records = new TopicRecords(warehouse.store());
    assertThat(records.policies()).contains("a: 2");
    warehouse.startTakeOver().cold().notePolicies("a: 3");
    assertThat(records.policies()).contains("a: 3");
    try (Stream<Path> all = Files.list(warehouse.warehouse().resolve("_thermocline"))) {
      assertThat(all.filter(file -> file.toString().endsWith(".yaml"))).hasSize(1);
    }
  }

  private void assertPointsToNewest() {
    List<Path> metadata = warehouse.files(".metadata.json");
    assertThat(record().table())
        .map(TopicRecord.Pointer::metadata)
        .contains("file://" + metadata.get(metadata.size() - 1));
  }

  private TopicRecord record() {
    Optional<TopicRecord> found = new TopicRecords(warehouse.store()).find(id.topic().uuid());
    return found.orElseThrow();
  }

  private List<Path> files() throws IOException {
    Path folder = warehouse.warehouse().resolve("_thermocline/topics");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private Topic topic(int partitions) {
    return new Topic(id.topic(), partitions, CREATED);
  }

  private static Map<Integer, Mark> marks(long logStart, long end, int epoch, long fence) {
    return Map.of(0, new Mark(logStart, end, epoch, fence));
  }

  private TopicNote note(int partitions, long logStart, long end) {
    return new TopicNote(topic(partitions), SETTINGS, marks(logStart, end, 0, 0));
  }
}
