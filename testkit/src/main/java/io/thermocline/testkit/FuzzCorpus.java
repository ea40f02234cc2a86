package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The kept inputs of a class of fuzz targets, where Jazzer looks for them: the resources {@code
 * <class>Inputs/<method>/<name>} beside the class. Every build plays them again without Jazzer,
 * whose agent would change and slow down all tests of that JVM.
 */
public final class FuzzCorpus {
  private FuzzCorpus() {}

  /**
   * A test for each input of each target, and for the empty one.
   *
   * @param targets has methods that take a byte array; each must have inputs
   */
  public static Stream<DynamicTest> replay(Object targets) {
    return Arrays.stream(targets.getClass().getDeclaredMethods())
        .filter(FuzzCorpus::isTarget)
        .sorted(Comparator.comparing(Method::getName))
        .flatMap(target -> replay(targets, target));
  }

  private static boolean isTarget(Method method) {
    return !Modifier.isStatic(method.getModifiers())
        && !Modifier.isPrivate(method.getModifiers())
        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {byte[].class});
  }

  private static Stream<DynamicTest> replay(Object targets, Method target) {
    target.setAccessible(true);
    List<DynamicTest> tests = new ArrayList<>();
    tests.add(
        DynamicTest.dynamicTest(
            target.getName() + ": nothing", () -> run(targets, target, new byte[0])));
    for (Path input : inputs(targets.getClass(), target)) {
      tests.add(
          DynamicTest.dynamicTest(
              target.getName() + ": " + input.getFileName(),
              () -> run(targets, target, Files.readAllBytes(input))));
    }
    return tests.stream();
  }

  private static List<Path> inputs(Class<?> targets, Method target) {
    String folder = targets.getSimpleName() + "Inputs/" + target.getName();
    URL found = targets.getResource(folder);
    assertThat(found).as("no inputs in %s", folder).isNotNull();
    try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
      List<Path> inputs = files.sorted().toList();
      assertThat(inputs).as("inputs in %s", folder).isNotEmpty();
      return inputs;
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError("The inputs in " + folder + " can't be listed", e);
    }
  }

  private static void run(Object targets, Method target, byte[] input) throws Throwable {
    try {
      var unused = target.invoke(targets, (Object) input);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
