package io.thermocline.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * How a server's process is started.
 *
 * @param classPath where its classes are
 * @param options of its JVM
 */
record Launch(String classPath, List<String> options) {
  /** From the classes of this build. */
  static final Launch PLAIN = new Launch(System.getProperty("java.class.path"), List.of());

  Launch {
    options = List.copyOf(options);
  }

  /** What a server does before its classes are archived. */
  interface Rehearsal {
    void with(Launch launch) throws Exception;
  }

  /**
   * Starts servers faster: with an archive of the classes that one loaded in a rehearsal. Worth its
   * few seconds from about ten starts on.
   *
   * @param rehearsal starts a server, uses it, and stops it in good order
   */
  static Launch archived(Path folder, Rehearsal rehearsal) throws Exception {
    String jars = jars(folder);
    String archive = folder.resolve("server.jsa").toString();
    rehearsal.with(new Launch(jars, List.of("-XX:ArchiveClassesAtExit=" + archive)));
    return new Launch(jars, List.of("-XX:SharedArchiveFile=" + archive));
  }

  /** The class path with jars in place of directories, whose classes no JVM archives. */
  private static String jars(Path folder) throws IOException {
    List<String> entries = new ArrayList<>();
    StringTokenizer all = new StringTokenizer(PLAIN.classPath(), File.pathSeparator);
    while (all.hasMoreTokens()) {
      String entry = all.nextToken();
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = folder.resolve("classes-" + entries.size() + ".jar");
        jar(path, jar);
        entries.add(jar.toString());
      } else {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void jar(Path directory, Path jar) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
        long unused = Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
