/**
 * The file system as the hot tier uses it, so that another may stand in its place, and what needs
 * nothing but it: a new content for a file, a small file with a checksum, the space that appends
 * leave free.
 */
package io.thermocline.hot.disk;
