package io.thermocline.gateway;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.thermocline.gateway.fetch.FetchAnswer;
import io.thermocline.gateway.fetch.FetchMarshaller;
import io.thermocline.gateway.produce.ProduceMarshaller;
import io.thermocline.gateway.produce.ProduceMessage;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.util.concurrent.Executor;

/**
 * {@code StreamService} as gRPC serves it: the generated methods, but Produce and Fetch with
 * messages of ours, so that payloads are not copied more than they have to be.
 */
final class StreamMethods {
  private StreamMethods() {}

  static ServerServiceDefinition bind(StreamCalls calls) {
    MethodDescriptor<ProduceMessage, ProduceResponse> produce =
        StreamServiceGrpc.getProduceMethod().toBuilder(
                new ProduceMarshaller(),
                ProtoUtils.marshaller(ProduceResponse.getDefaultInstance()))
            .build();
    MethodDescriptor<FetchRequest, FetchAnswer> fetch =
        StreamServiceGrpc.getFetchMethod().toBuilder(
                ProtoUtils.marshaller(FetchRequest.getDefaultInstance()), new FetchMarshaller())
            .build();
    ServerServiceDefinition generated = calls.bindService();
    ServiceDescriptor.Builder service =
        ServiceDescriptor.newBuilder(StreamServiceGrpc.SERVICE_NAME)
            .setSchemaDescriptor(generated.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(produce)
            .addMethod(fetch);
    for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
      if (!isOurs(method)) {
        service.addMethod(method.getMethodDescriptor());
      }
    }
    ServerServiceDefinition.Builder bound =
        ServerServiceDefinition.builder(service.build())
            .addMethod(produce, ServerCalls.asyncBidiStreamingCall(calls::openProduce))
            .addMethod(fetch, ServerCalls.asyncBidiStreamingCall(calls::openFetch));
    for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
      if (!isOurs(method)) {
        bound.addMethod(method);
      }
    }
    return bound.build();
  }

  private static boolean isOurs(ServerMethodDefinition<?, ?> method) {
    return isOurs(method.getMethodDescriptor());
  }

  private static boolean isOurs(MethodDescriptor<?, ?> method) {
    String name = method.getFullMethodName();
    return name.equals(StreamServiceGrpc.getProduceMethod().getFullMethodName())
        || name.equals(StreamServiceGrpc.getFetchMethod().getFullMethodName());
  }

  /**
   * Produce and Fetch are called on the connection's event loop, and hand what takes long to the
   * pool themselves: a change of threads for each small message would cost more than the message.
   * All other calls run on the pool.
   */
  record OwnThreads(Executor pool) implements ServerCallExecutorSupplier {
    @Override
    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
      return isOurs(call.getMethodDescriptor()) ? Runnable::run : pool;
    }
  }
}
