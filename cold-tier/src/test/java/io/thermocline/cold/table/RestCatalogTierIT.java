package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.IcebergColdTier;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TableNames;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ColdTierCommitContract;
import io.thermocline.testkit.ColdTierMergeContract;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits and merges with the tables in somebody else's REST catalog. */
final class RestCatalogTierIT implements ColdTierCommitContract, ColdTierMergeContract {
  @TempDir private Path directory;
  private final UUID cluster = UUID.randomUUID();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private ObjectStore serversStore;
  private FaultyCatalog behind;
  private RestEndpoint endpoint;
  private ColdTier cold;

  @BeforeEach
  void open() {
    serversStore = ObjectStores.open(store(), registry, InstantSource.system());
    behind =
        FaultyCatalog.open(
            directory.resolve("catalog.db"),
            serversStore.location(""),
            new SteadyFileIO(new StoreFileIO(serversStore)));
    endpoint = RestEndpoint.over(behind);
    cold = open(endpoint.properties());
  }

  @AfterEach
  void close() {
    cold.close();
    endpoint.close();
    behind.close();
    serversStore.close();
  }

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Test
  void theTableIsInThatCatalogAndNoOther() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));

    assertThat(table(id).currentSnapshot().summary()).containsKey(CommitAttempt.COMMIT_ID);
    assertThat(directory.resolve("data/catalog.db")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void aCommitIsMadeOnceWhateverBecomesOfItsAnswer(RestEndpoint.Reply reply) {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    endpoint.nextCommit(reply);

    tier(id, Records.plain(10, 10));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(table(id).snapshots()).hasSize(2);
    assertEachFileIsListedOnce(id, 2);
  }

  @ParameterizedTest
  @EnumSource
  void aCommitIsMadeOnceAlsoWhenAnotherOneComesBeforeItsAnswer(RestEndpoint.Reply reply) {
    TopicPartition id = newPartition();
    TopicPartition others = id.topic().partition(1);
    tier(id, Records.plain(0, 10));
    try (ColdTier other = open("other", endpoint.properties())) {
      ColdFile theirs = write(other, others, new OffsetRange(0, 10));
      endpoint.nextCommit(reply, () -> commit(other, others, theirs));

      tier(id, Records.plain(10, 10));
    }
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(readAll(others, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    assertThat(table(id).snapshots()).hasSize(3);
    assertEachFileIsListedOnce(id, 3);
  }

  private void assertEachFileIsListedOnce(TopicPartition id, int files) {
    List<String> listed = new ArrayList<>();
    try (var tasks = table(id).newScan().planFiles()) {
      tasks.forEach(task -> listed.add(task.file().location()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(listed).hasSize(files).doesNotHaveDuplicates();
  }

  @Test
  void whateverTheServersOwnCommitThrowsMeansUnknown() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    var unused =
        behind
            .commitThenThrow(new CommitFailedException("that it was made is not known here"))
            .commitThenThrow(new CommitStateUnknownException(new IllegalStateException("cut")));

    tier(id, Records.plain(10, 10));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(table(id).snapshots()).hasSize(2);
  }

  @Test
  void aStaleRangeIsNotCommittedASecondTime() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    OffsetRange next = new OffsetRange(10, 20);
    try (ColdTier other = open("other", endpoint.properties())) {
      ColdFile theirs = write(other, id, next);
      ColdFile stale = write(cold, id, next);
      // The server has checked the stale commit, and is about to make it.
      var unused = behind.beforeCommit(() -> commit(other, id, theirs));

      Await.throwsKind(ErrorKind.CONFLICT, () -> commit(cold, id, stale));
    }
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(table(id).snapshots()).hasSize(2);
  }

  private static ColdFile write(ColdTier tier, TopicPartition id, OffsetRange range) {
    return tier.write(
            id,
            range,
            ColdTierSubject.batches(Records.plain(range.from(), (int) (range.to() - range.from())))
                .iterator(),
            SETTINGS)
        .orElseThrow();
  }

  private static void commit(ColdTier tier, TopicPartition id, ColdFile file) {
    OffsetRange range = file.span().range();
    ColdCommit.Move move = ColdTierSubject.move(id, range.from(), range.to(), file);
    assertThat(tier.commit(id.topic(), new ColdCommit(UUID.randomUUID(), List.of(move))))
        .isNotNull();
  }

  @Test
  void withoutTheTokenNothingIsDone() {
    try (ColdTier stranger = open("stranger", Map.of("uri", endpoint.address().toString()))) {
      Await.throwsKind(
          ErrorKind.TRANSIENT, () -> assertThat(stranger.topic(newPartition().topic())).isNull());
    }
    assertThat(endpoint.commits()).isZero();
  }

  private Table table(TopicPartition id) {
    return behind.loadTable(TableIdentifier.of("thermocline", TableNames.of(id.topic().name())));
  }

  private ColdTier open(Map<String, String> properties) {
    return open("data", properties);
  }

  private ColdTier open(String process, Map<String, String> properties) {
    return IcebergColdTier.open(
        new ColdSettings(
            store(),
            "thermocline",
            new CatalogSettings(CatalogSettings.REST, properties),
            directory.resolve(process),
            cluster,
            false,
            TableSettings.defaults(),
            CacheSettings.defaults()),
        InstantSource.system(),
        registry);
  }

  private StoreSettings store() {
    return StoreSettings.of(directory.resolve("warehouse").toUri());
  }
}
