package io.thermocline.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * An S3 server from the command line, for trying the product out:
 *
 * <pre>{@code
 * ./mvnw -q package -pl testkit -am -Dquick -DskipTests
 * java -cp "testkit/target/thermocline-testkit-0.1.0.jar:testkit/target/lib/*" \
 *   io.thermocline.testkit.S3ServerMain --port 9000 --dir /tmp/s3 --bucket lake
 * }</pre>
 *
 * It runs until it is stopped. Each answer comes late by {@code --delay-ms}.
 */
public final class S3ServerMain {
  private static final String USAGE =
      "Usage: S3ServerMain [--port N] [--dir D] [--bucket B]... [--delay-ms N]";

  private S3ServerMain() {}

  /** Starts the server, prints how to reach it, and waits. */
  public static void main(String[] args) throws InterruptedException {
    int port = 0;
    Path directory = Path.of("s3-data");
    List<String> buckets = new ArrayList<>();
    Duration delay = Duration.ZERO;
    Deque<String> left = new ArrayDeque<>(List.of(args));
    while (!left.isEmpty()) {
      String option = left.pop();
      if (left.isEmpty()) {
        System.err.println(USAGE);
        System.exit(2);
      }
      switch (option) {
        case "--port" -> port = Integer.parseInt(left.pop());
        case "--dir" -> directory = Path.of(left.pop());
        case "--bucket" -> buckets.add(left.pop());
        case "--delay-ms" -> delay = Duration.ofMillis(Long.parseLong(left.pop()));
        default -> {
          System.err.println(option + " is no option. " + USAGE);
          System.exit(2);
        }
      }
    }
    S3Server server = S3Server.start(port, directory);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    buckets.forEach(server::createBucket);
    if (!delay.isZero()) {
      server.faults().always(call -> true, new S3Fault.Late(delay));
    }
    System.out.println("endpoint   " + server.endpoint());
    System.out.println("access key " + S3Server.ACCESS_KEY);
    System.out.println("secret key " + S3Server.SECRET_KEY);
    System.out.println("region     " + S3Server.REGION);
    System.out.println("directory  " + directory.toAbsolutePath());
    System.out.println("buckets    " + String.join(", ", buckets));
    new CountDownLatch(1).await();
  }
}
