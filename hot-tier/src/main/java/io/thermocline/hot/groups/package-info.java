/**
 * The places of consumer groups, in one file beside the logs: {@link
 * io.thermocline.hot.groups.GroupOffsetsFile}. Knows the disk, and no log.
 */
package io.thermocline.hot.groups;
