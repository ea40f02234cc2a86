package io.thermocline.server;

import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Helm, in a process of its own: it is a library in Go, whose runtime handles signals that this JVM
 * handles too.
 */
final class Helm {
  private static final Path CHART = Repository.file("deploy/helm/thermocline");

  /** The oldest that the chart takes. */
  private static final String KUBERNETES = "1.25.0";

  private Helm() {}

  /** What Helm finds to say against the chart. */
  static CommandProcess lint(Path folder) throws IOException, InterruptedException {
    return CommandProcess.run(folder, List.of(), Helm.class, List.of("lint"));
  }

  /** The manifests of a release {@code lake} in namespace {@code streams}, with these values. */
  static CommandProcess template(Path folder, Path values)
      throws IOException, InterruptedException {
    return CommandProcess.run(
        folder, List.of(), Helm.class, List.of("template", values.toString()));
  }

  /** Runs in that process. */
  public static void main(String[] arguments) {
    com.marcnuri.helm.Helm helm = new com.marcnuri.helm.Helm(CHART);
    if (arguments[0].equals("lint")) {
      LintResult result = helm.lint().strict().call();
      result.getMessages().forEach(System.out::println);
      System.exit(result.isFailed() ? 1 : 0);
    }
    TemplateCommand template =
        helm.template().withName("lake").withNamespace("streams").withKubeVersion(KUBERNETES);
    System.out.println(template.withValuesFile(Path.of(arguments[1])).call());
  }
}
