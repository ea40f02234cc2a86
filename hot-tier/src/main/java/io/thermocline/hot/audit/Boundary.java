package io.thermocline.hot.audit;

/**
 * Where a batch must end or begin, as a file beside the segments says.
 *
 * @param source the file
 * @param offset of the batch that begins there
 * @param segment base offset of the segment
 * @param position in that segment's file
 */
record Boundary(String source, long offset, long segment, long position) {

  boolean isAt(long atPosition, long nextOffset) {
    return position == atPosition && offset == nextOffset;
  }
}
