/** The file system as the hot tier uses it, so that another may stand in its place. */
package io.thermocline.hot.disk;
