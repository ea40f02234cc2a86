/** What {@code ./thermocline bench} runs: figures of a real server in a process of its own. */
package io.thermocline.bench;
