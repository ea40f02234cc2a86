/**
 * The data directory: what lies where, and the files beside the segments that a start begins with:
 * the metadata, the checkpoint, what the journal has. Knows the disk, the journal and segments; no
 * log that is open.
 */
package io.thermocline.hot.directory;
