package io.thermocline.client.producer;

/** What became of records that demanded their offset. */
public sealed interface AppendResult {

  /**
   * All of them are stored, durably, and follow on each other.
   *
   * @param baseOffset the first one's offset: the one demanded
   * @param nextOffset one past the last one's: what to demand next
   * @param appendTimeMillis when the server appended them, Unix milliseconds
   */
  record Appended(long baseOffset, long nextOffset, long appendTimeMillis)
      implements AppendResult {}

  /**
   * None of them is stored: somebody else was there first, or the offset is not reached yet.
   *
   * @param nextOffset the offset they would have got; all before it is durable and can be read
   */
  record Conflict(long nextOffset) implements AppendResult {}
}
