package io.thermocline.bench.compare;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thermocline bench compare}: this server beside Apache Kafka. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Measure this server beside Apache Kafka, each in a JVM of its own, in turns on this machine.",
      "Every record of ours is forced to disk before it is acknowledged. The method stands in"
          + " docs/benchmarks.md."
    })
public final class Compare implements Callable<Integer> {
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  @Option(
      names = "--quick",
      description =
          "Three cases, less of everything, a warm-up of 1 GiB instead of 4: under five minutes.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object a line instead of a table.")
  private boolean json;

  @Option(
      names = "--case",
      paramLabel = "NAME",
      description = "Only this case; may be repeated. --list names them.")
  private List<String> names = List.of();

  @Option(names = "--list", description = "Print the names of the cases, and end.")
  private boolean list;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each case.")
  private Integer rounds;

  @Option(
      names = "--log-bytes",
      paramLabel = "SIZE",
      defaultValue = "20GB",
      converter = SizeConverter.class,
      description = "The log that servers are restarted on; default ${DEFAULT-VALUE}.")
  private long logBytes;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where a temporary directory is made, on the disk to be measured.")
  private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      Cases.all().forEach(one -> out.printf("%-24s %s%n", one.name(), one.description()));
      return 0;
    }
    List<Case> cases = chosen();
    Path home = Path.of(System.getProperty("thermocline.home", ".")).toAbsolutePath();
    Contender ours = new ThermoclineContender(home);
    Contender peer = ServiceLoader.load(PeerContender.class).findFirst().orElseThrow();
    PrintWriter progress = spec.commandLine().getErr();
    List<Result> results = new ArrayList<>();
    try (WorkDirectory work = WorkDirectory.in(parent)) {
      String fileSystem = Files.getFileStore(work.path()).type();
      progress.println(machine(fileSystem, work.path()));
      memoryWarning(fileSystem, parent).ifPresent(progress::println);
      Path ourDirectory = Files.createDirectory(work.path().resolve(ours.name()));
      Path peerDirectory = Files.createDirectory(work.path().resolve(peer.name()));
      try (Broker ourBroker = ours.start(ourDirectory.resolve("shared"), Map.of());
          Broker peerBroker = peer.start(peerDirectory.resolve("shared"), Map.of())) {
        Arena our = new Arena(ours, ourBroker, ourDirectory, home, scale(), true);
        Arena other = new Arena(peer, peerBroker, peerDirectory, home, scale(), false);
        WarmUp.run(our, progress);
        WarmUp.run(other, progress);
        Comparison comparison = new Comparison(our, other, new LocalDisk(work.path()), progress);
        for (Case one : cases) {
          List<Result> ofCase = comparison.run(one);
          results.addAll(ofCase);
          if (json) {
            Report.lines(one, ofCase, out);
          }
        }
      }
    }
    if (!json) {
      Report.table(results, out);
    }
    return 0;
  }

  /** The cases that were asked for, each once, in the order they run. */
  List<Case> chosen() {
    if (names.isEmpty()) {
      return quick ? Cases.quick() : Cases.all();
    }
    List<String> known = Cases.all().stream().map(Case::name).toList();
    List<String> unknown = names.stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "No such case: " + unknown + "; there are " + known);
    }
    return Cases.all().stream().filter(one -> names.contains(one.name())).toList();
  }

  /** How much of everything was asked for. */
  Scale scale() {
    Scale scale = quick ? Scale.quick(logBytes) : Scale.full(logBytes);
    if (rounds == null) {
      return scale;
    }
    if (rounds < 1) {
      throw new ParameterException(spec.commandLine(), "--rounds must be at least 1, is " + rounds);
    }
    return scale.withRounds(rounds);
  }

  private static String machine(String fileSystem, Path directory) {
    Runtime runtime = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "%d processors, %s %s, Java %s, %s on %s",
        runtime.availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version(),
        fileSystem,
        directory);
  }

  /** What to say where forces cost nothing, so that the figures say little. */
  static Optional<String> memoryWarning(String fileSystem, Path directory) {
    return IN_MEMORY.contains(fileSystem)
        ? Optional.of(
            "WARNING: %s is on %s, which is memory: nothing here is forced to a disk. Name a directory on a disk with --dir."
                .formatted(directory, fileSystem))
        : Optional.empty();
  }
}
