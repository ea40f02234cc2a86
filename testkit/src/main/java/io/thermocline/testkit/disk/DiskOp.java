package io.thermocline.testkit.disk;

/** What is done to a disk and can fail. */
public enum DiskOp {
  /** A new file. */
  CREATE,
  /** An existing file, or a directory to force it, is opened. */
  OPEN,
  /** Bytes are written, at most as many as the caller had in one buffer. */
  WRITE,
  /** A file is cut. */
  TRUNCATE,
  /** A file's bytes and size are made durable. */
  FORCE,
  /** The names in a directory are made durable. */
  FORCE_DIRECTORY,
  /** A new directory. */
  CREATE_DIRECTORY,
  /** A name moves, taking the place of one that is there. */
  RENAME,
  /** A further name for a file. */
  LINK,
  /** A name goes. */
  DELETE
}
