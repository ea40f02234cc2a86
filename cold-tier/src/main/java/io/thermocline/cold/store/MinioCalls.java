package io.thermocline.cold.store;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.ServerException;
import io.thermocline.model.ThermoclineException;
import java.security.ProviderException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Waits for the MinIO client's futures and says what their failures mean. */
final class MinioCalls {
  /** The HTTP client ends a call by itself at its deadline; this is for what it does not see. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final String bucket;
  private final Duration deadline;

  MinioCalls(String bucket, Duration attemptTimeout) {
    this.bucket = bucket;
    this.deadline = attemptTimeout.plus(GRACE);
  }

  /** An answer to give instead of a failure with this status. */
  static <T> Function<Throwable, T> instead(int status, T answer) {
    return failure -> {
      if (status(unwrapped(failure)) == status) {
        return answer;
      }
      throw new CompletionException(unwrapped(failure));
    };
  }

  <T> T write(String what, String key, Supplier<? extends CompletableFuture<? extends T>> call) {
    return await(describe(what, key), true, call);
  }

  <T> T read(String what, String key, Supplier<? extends CompletableFuture<? extends T>> call) {
    return await(describe(what, key), false, call);
  }

  String describe(String what, String key) {
    return "%s of s3://%s/%s".formatted(what, bucket, key);
  }

  private <T> T await(
      String what, boolean write, Supplier<? extends CompletableFuture<? extends T>> call) {
    try {
      return call.get().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failure(what, write, unwrapped(e));
    } catch (TimeoutException e) {
      throw S3Failures.unanswered(what, write, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw S3Failures.unanswered(what, write, e);
    } catch (ProviderException e) {
      throw S3Failures.noCredentials(what, e);
    }
  }

  private static ThermoclineException failure(String what, boolean write, Throwable e) {
    if (e instanceof ThermoclineException ours) {
      return ours;
    }
    if (e instanceof ProviderException) {
      return S3Failures.noCredentials(what, e);
    }
    int status = status(e);
    if (status == 0) {
      return S3Failures.unanswered(what, write, e);
    }
    String code = "";
    String message = "";
    if (e instanceof ErrorResponseException answered) {
      code = String.valueOf(answered.errorResponse().code());
      message = answered.errorResponse().message();
    }
    return S3Failures.answered(what, write, status, code, message, e);
  }

  /** The HTTP status of an answer that was a failure; 0 when there was none. */
  private static int status(Throwable e) {
    if (e instanceof ErrorResponseException answered) {
      return answered.response().code();
    }
    if (e instanceof ServerException server) {
      return server.statusCode();
    }
    if (e instanceof UnexplainedStatus unexplained) {
      return unexplained.status();
    }
    return 0;
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable e = failure;
    while ((e instanceof CompletionException || e instanceof ExecutionException)
        && e.getCause() != null) {
      e = e.getCause();
    }
    return e;
  }
}
