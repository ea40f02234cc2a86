package io.thermocline.cold.store;

import io.minio.MinioAsyncClient;
import io.minio.credentials.AwsEnvironmentProvider;
import io.minio.credentials.ChainedProvider;
import io.minio.credentials.MinioEnvironmentProvider;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * A MinIO client as the settings ask for it, with the HTTP client below it.
 *
 * @param https whether what it sends is encrypted
 */
record MinioConnection(MinioAsyncClient client, OkHttpClient http, boolean https)
    implements AutoCloseable {
  /** Beside reads and writes: listing, and what runs while one of them ends. */
  private static final int SPARE_CONNECTIONS = 8;

  /** Makes the clients; nothing is sent yet. */
  static MinioConnection open(StoreSettings settings) {
    S3Settings s3 = settings.s3();
    URI endpoint = endpoint(s3);
    OkHttpClient http = http(settings);
    MinioAsyncClient client =
        MinioAsyncClient.builder()
            .endpoint(endpoint.toString())
            .region(s3.region())
            .credentialsProvider(credentials(s3))
            .httpClient(http)
            .build();
    if (s3.pathStyle()) {
      client.disableVirtualStyleEndpoint();
    } else {
      client.enableVirtualStyleEndpoint();
    }
    return new MinioConnection(client, http, endpoint.getScheme().equals("https"));
  }

  private static URI endpoint(S3Settings s3) {
    return s3.endpoint()
        .orElseThrow(
            () ->
                new ThermoclineException(
                    ErrorKind.INVALID, "A minio: warehouse needs the endpoint of its server"));
  }

  private static Provider credentials(S3Settings s3) {
    return s3.credentials()
        .<Provider>map(
            pair -> new StaticProvider(pair.accessKey(), pair.secretKey().reveal(), null))
        .orElseGet(
            () ->
                new ChainedProvider(new MinioEnvironmentProvider(), new AwsEnvironmentProvider()));
  }

  private static OkHttpClient http(StoreSettings settings) {
    int most = settings.concurrentReads() + settings.concurrentWrites() + SPARE_CONNECTIONS;
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(most);
    dispatcher.setMaxRequestsPerHost(most);
    Duration attempt = settings.attemptTimeout();
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(most, 1, TimeUnit.MINUTES))
        .protocols(List.of(Protocol.HTTP_1_1))
        .connectTimeout(settings.connectTimeout())
        .readTimeout(attempt)
        .writeTimeout(attempt)
        .callTimeout(attempt)
        // A request that was sent twice unseen could answer 412 to its own first copy.
        .retryOnConnectionFailure(false)
        .addInterceptor(UnexplainedStatus::intercept)
        .build();
  }

  @Override
  public void close() {
    client.close();
    http.dispatcher().executorService().shutdown();
    http.dispatcher().cancelAll();
    http.connectionPool().evictAll();
  }
}
