package io.thermocline.cold.store;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * A failure without S3's XML, as proxies send it. The MinIO client would tell its status in prose
 * only.
 */
final class UnexplainedStatus extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  private UnexplainedStatus(int status) {
    super("HTTP status " + status);
    this.status = status;
  }

  int status() {
    return status;
  }

  /** For a client's interceptors. */
  static Response intercept(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String type = String.valueOf(response.header("Content-Type"));
    boolean explained =
        chain.request().method().equals("HEAD")
            || (type.startsWith("application/xml") && response.body().contentLength() != 0);
    if (response.isSuccessful() || explained) {
      return response;
    }
    response.close();
    throw new UnexplainedStatus(response.code());
  }
}
