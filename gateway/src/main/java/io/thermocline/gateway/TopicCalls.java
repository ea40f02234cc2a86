package io.thermocline.gateway;

import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.PartitionState;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNames;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.proto.v1.ColdData;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.CreateTopicResponse;
import io.thermocline.proto.v1.DeleteRecordsRequest;
import io.thermocline.proto.v1.DeleteRecordsResponse;
import io.thermocline.proto.v1.DeleteTopicRequest;
import io.thermocline.proto.v1.DeleteTopicResponse;
import io.thermocline.proto.v1.GetTopicRequest;
import io.thermocline.proto.v1.GetTopicResponse;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.ListTopicsResponse;
import io.thermocline.proto.v1.PartitionDescription;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.proto.v1.UpdateTopicRequest;
import io.thermocline.proto.v1.UpdateTopicResponse;
import io.thermocline.tiering.Tiering;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code TopicService}. */
final class TopicCalls extends TopicServiceGrpc.TopicServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(TopicCalls.class);
  private static final int DEFAULT_PAGE = 1000;
  private static final int MAX_PAGE = 10_000;

  private final TopicRegistry topics;
  private final HotTier hot;
  private final ColdTier cold;
  private final Tiering tiering;
  private final TieredReader reader;
  private final Unary unary;
  private final Unary tables;
  private final Unary slow;

  /**
   * @param unary for what needs no answer of the cold tier
   * @param tables for what asks the cold tier, which may be long in answering
   * @param slow for what changes the cold tier
   */
  TopicCalls(GatewayParts parts, TieredReader reader, Unary unary, Unary tables, Unary slow) {
    this.topics = parts.topics();
    this.hot = parts.hot();
    this.cold = parts.cold();
    this.tiering = parts.tiering();
    this.reader = reader;
    this.unary = unary;
    this.tables = tables;
    this.slow = slow;
  }

  @Override
  public void createTopic(CreateTopicRequest request, StreamObserver<CreateTopicResponse> out) {
    tables.answer(
        out,
        () -> {
          String name = TopicNames.check(request.getName());
          int partitions = request.getPartitionCount() == 0 ? 1 : request.getPartitionCount();
          if (!tableIsOfATopic(name)) {
            refuseTakenTable(name);
          }
          Topic topic = topics.create(name, partitions);
          tiering.topicsChanged();
          return CreateTopicResponse.newBuilder().setTopic(Wire.topic(topic)).build();
        });
  }

  /** Then the registry refuses the name, and says which topic it is. */
  private boolean tableIsOfATopic(String name) {
    String table = TableNames.of(name);
    return topics.list().stream().anyMatch(each -> TableNames.of(each.name()).equals(table));
  }

  /** Tiering would refuse the table later anyway; said now, nobody has produced in vain. */
  private void refuseTakenTable(String name) {
    boolean taken;
    try {
      // No topic has this name, so whoever made the table was another one.
      taken = cold.tableTaken(new TopicId(UUID.randomUUID(), name));
    } catch (ThermoclineException away) {
      if (away.kind() != ErrorKind.TRANSIENT) {
        throw away;
      }
      LOG.warn("Could not ask whether a table is taken topic={}", name, away);
      return;
    }
    if (taken) {
      throw new ThermoclineException(
          ErrorKind.ALREADY_EXISTS,
          "The cold tier has a table '%s', which topic '%s' would use, of a topic that is gone: take"
                  .formatted(TableNames.of(name), name)
              + " another name, or drop that table");
    }
  }

  @Override
  public void getTopic(GetTopicRequest request, StreamObserver<GetTopicResponse> out) {
    Unary answering = request.getTopicOnly() ? unary : tables;
    answering.answer(
        out,
        () -> {
          Topic topic = topics.require(request.getName());
          GetTopicResponse.Builder answer =
              GetTopicResponse.newBuilder().setTopic(Wire.topic(topic));
          if (!request.getTopicOnly()) {
            describe(topic, request.getIncludeFiles(), answer);
          }
          return answer.build();
        });
  }

  private void describe(Topic topic, boolean files, GetTopicResponse.Builder answer) {
    Optional<ColdTopic> table;
    try {
      table = cold.topic(topic.id());
      answer.setColdAvailable(true);
    } catch (ThermoclineException away) {
      LOG.debug("The cold tier could not be asked topic={}", topic.name(), away);
      table = cold.lastKnown(topic.id());
    }
    table.ifPresent(found -> answer.setTable(found.table()).setTableLocation(found.location()));
    for (TopicPartition id : topic.partitions().toList()) {
      ColdPartition coldPart =
          table
              .map(found -> found.partition(id.partition()))
              .orElseGet(() -> ColdPartition.empty(id.partition()));
      answer.addPartitions(describe(id, coldPart, files));
    }
  }

  private PartitionDescription describe(TopicPartition id, ColdPartition coldPart, boolean files) {
    PartitionState state = hot.state(id);
    PartitionDescription.Builder described =
        PartitionDescription.newBuilder()
            .setPartition(id.partition())
            .setLogStart(Math.max(reader.bounds(id).logStart(), coldPart.logStart()))
            .setHotStart(state.hotStart())
            .setTieredTo(coldPart.tieredTo())
            .setEnd(state.end())
            .setHotBytes(state.bytes())
            .setHotSegments(state.segments())
            .setFence(hot.fence(id))
            .setColdBytes(coldPart.bytes())
            .setColdFiles(coldPart.files().size());
    coldPart.lost().forEach(lost -> described.addLost(Wire.range(lost)));
    if (files) {
      for (ColdFile file : coldPart.files()) {
        described
            .addFilesBuilder()
            .setRange(Wire.range(file.span().range()))
            .setRows(file.rows())
            .setBytes(file.span().bytes())
            .setLocation(file.location());
      }
    }
    return described.build();
  }

  @Override
  public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> out) {
    unary.answer(
        out,
        () -> {
          if (request.getPageSize() < 0 || request.getPageSize() > MAX_PAGE) {
            throw Wire.invalid(
                "page_size",
                "is %d: it is 0 (taken as %d) to %d"
                    .formatted(request.getPageSize(), DEFAULT_PAGE, MAX_PAGE));
          }
          int size = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
          List<Topic> rest =
              topics.list().stream()
                  .filter(topic -> topic.name().compareTo(request.getPageToken()) > 0)
                  .toList();
          List<Topic> page = rest.subList(0, Math.min(size, rest.size()));
          ListTopicsResponse.Builder answer = ListTopicsResponse.newBuilder();
          page.forEach(topic -> answer.addTopics(Wire.topic(topic)));
          if (page.size() < rest.size()) {
            answer.setNextPageToken(page.get(page.size() - 1).name());
          }
          return answer.build();
        });
  }

  @Override
  public void updateTopic(UpdateTopicRequest request, StreamObserver<UpdateTopicResponse> out) {
    unary.answer(
        out,
        () -> {
          Topic topic = topics.require(request.getName());
          Topic grown = topics.growPartitions(topic.id(), request.getPartitionCount());
          tiering.topicsChanged();
          return UpdateTopicResponse.newBuilder().setTopic(Wire.topic(grown)).build();
        });
  }

  @Override
  public void deleteRecords(
      DeleteRecordsRequest request, StreamObserver<DeleteRecordsResponse> out) {
    unary.answerLater(
        out,
        () -> {
          TopicPartition id = topics.require(request.getTopic()).partition(request.getPartition());
          long before = request.getBeforeOffset();
          if (before < -1) {
            throw Wire.invalid("before_offset", "is " + before + ": an offset, or -1 for the end");
          }
          CompletableFuture<Long> moved =
              hot.advanceLogStart(id, before == -1 ? hot.state(id).end() : before);
          return moved.thenApply(
              logStart ->
                  DeleteRecordsResponse.newBuilder()
                      .setLogStart(Math.max(logStart, reader.bounds(id).logStart()))
                      .build());
        });
  }

  @Override
  public void deleteTopic(DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> out) {
    slow.answer(
        out,
        () -> {
          boolean keep = request.getCold() == ColdData.COLD_DATA_KEEP;
          if (!keep && request.getCold() != ColdData.COLD_DATA_PURGE) {
            throw Wire.invalid(
                "cold",
                "is not said: COLD_DATA_KEEP or COLD_DATA_PURGE, what becomes of the table");
          }
          tiering.deleteTopic(topics.require(request.getName()).id(), !keep);
          return DeleteTopicResponse.getDefaultInstance();
        });
  }
}
