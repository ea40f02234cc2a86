package io.thermocline.testkit.schedule;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;

/**
 * Loads the classes of a package once more, with calls of {@link Schedule} in them: before a field
 * is used that can change, at locks, and before files, futures and atomics are used. Nothing else
 * about them is changed. Locks are those of {@code synchronized}; code that waits for something in
 * another way than by {@code CompletableFuture.join}, a {@code Semaphore} without a deadline or a
 * pool's end can't be run so.
 */
public final class ScheduledCode extends ClassLoader {
  private final String packageName;
  private final Map<String, Set<String>> changingFields = new HashMap<>();

  /**
   * @param packageName of what is to take turns, without the last dot; with all packages below
   */
  public ScheduledCode(String packageName) {
    super(ScheduledCode.class.getClassLoader());
    this.packageName = packageName;
  }

  /** Makes a scenario out of a class of the package that has a constructor without parameters. */
  public Scenario scenario(String className) {
    try {
      var constructor = loadClass(className).getDeclaredConstructor();
      constructor.setAccessible(true);
      return (Scenario) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Not a scenario: " + className, e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(packageName + ".")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] bytes = instrumented(name.replace('.', '/'));
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded;
    }
  }

  private ClassReader read(String internalName) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(internalName + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(internalName);
      }
      return new ClassReader(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] instrumented(String internalName) throws ClassNotFoundException {
    ClassReader reader = read(internalName);
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    reader.accept(new TurnsInClass(writer, this::isChanging), 0);
    return writer.toByteArray();
  }

  private boolean isChanging(String owner, String field) {
    if (!owner.startsWith(packageName.replace('.', '/') + "/")) {
      return false;
    }
    synchronized (changingFields) {
      return changingFields.computeIfAbsent(owner, this::changingFieldsOf).contains(field);
    }
  }

  private Set<String> changingFieldsOf(String owner) {
    try {
      return TurnsInClass.changingFields(read(owner));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
