package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.fetch.FetchAnswer;
import io.thermocline.gateway.fetch.FetchContext;
import io.thermocline.gateway.fetch.FetchStream;
import io.thermocline.gateway.produce.ProduceContext;
import io.thermocline.gateway.produce.ProduceMessage;
import io.thermocline.gateway.produce.ProduceStream;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.AppendResponse;
import io.thermocline.proto.v1.InitProducerRequest;
import io.thermocline.proto.v1.InitProducerResponse;
import io.thermocline.proto.v1.ListOffsetsRequest;
import io.thermocline.proto.v1.ListOffsetsResponse;
import io.thermocline.proto.v1.RaiseFenceRequest;
import io.thermocline.proto.v1.RaiseFenceResponse;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;

/**
 * {@code StreamService} but for Produce and Fetch, which {@link StreamMethods} binds to messages of
 * ours.
 */
final class StreamCalls extends StreamServiceGrpc.StreamServiceImplBase {
  private final ProduceContext produce;
  private final FetchContext fetch;
  private final ProducerCalls producers;
  private final PlainCalls plain;
  private final OffsetQueries offsets;

  StreamCalls(
      ProduceContext produce,
      FetchContext fetch,
      ProducerCalls producers,
      PlainCalls plain,
      OffsetQueries offsets) {
    this.produce = produce;
    this.fetch = fetch;
    this.producers = producers;
    this.plain = plain;
    this.offsets = offsets;
  }

  StreamObserver<ProduceMessage> openProduce(
      StreamObserver<io.thermocline.proto.v1.ProduceResponse> out) {
    return new ProduceStream(
        (ServerCallStreamObserver<io.thermocline.proto.v1.ProduceResponse>) out, produce);
  }

  StreamObserver<io.thermocline.proto.v1.FetchRequest> openFetch(StreamObserver<FetchAnswer> out) {
    return new FetchStream((ServerCallStreamObserver<FetchAnswer>) out, fetch);
  }

  @Override
  public void initProducer(InitProducerRequest request, StreamObserver<InitProducerResponse> out) {
    producers.init(out);
  }

  @Override
  public void raiseFence(RaiseFenceRequest request, StreamObserver<RaiseFenceResponse> out) {
    producers.raiseFence(request, out);
  }

  @Override
  public void append(AppendRequest request, StreamObserver<AppendResponse> out) {
    plain.append(request, out);
  }

  @Override
  public void read(ReadRequest request, StreamObserver<ReadResponse> out) {
    plain.read(request, out);
  }

  @Override
  public void listOffsets(ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> out) {
    offsets.list(request, out);
  }
}
