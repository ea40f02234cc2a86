package io.thermocline.hot;

import io.thermocline.hot.directory.DataDirectory;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskReserve;
import io.thermocline.hot.journal.Journal;
import io.thermocline.hot.producers.ProducerCensus;
import io.thermocline.hot.read.OpenSegments;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What all logs of one data directory share.
 *
 * @param journal takes small groups of many logs
 * @param way says which groups those are
 * @param census counts the producers that all logs remember
 * @param writers runs the writing and forcing, at most one task of a log at a time
 */
record LogEnvironment(
    HotSettings settings,
    Disk disk,
    DataDirectory directory,
    OpenSegments segments,
    DiskReserve reserve,
    HotMetrics metrics,
    InstantSource clock,
    Journal journal,
    WayToDisk way,
    ProducerCensus census,
    Executor writers) {}
