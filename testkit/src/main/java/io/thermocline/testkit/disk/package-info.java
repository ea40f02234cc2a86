/**
 * A disk in memory that remembers what was forced, as a {@code java.nio.file} file system: it fails
 * single calls, and builds what a power cut may leave. Code that takes a {@code Path} runs on it
 * unchanged.
 */
package io.thermocline.testkit.disk;
