package io.thermocline.testkit;

/**
 * Everything a hot tier promises. A test class implements it and gives the subject:
 *
 * <pre>{@code
 * final class LocalHotTierTest implements HotTierContract {
 *   private final ManualClock clock = ManualClock.start();
 *   @TempDir Path dir;
 *   private LocalHotTier hot;
 *
 *   @BeforeEach void open() { hot = LocalHotTier.open(dir, clock); }
 *   @AfterEach void close() { hot.close(); }
 *
 *   @Override public HotTier hot() { return hot; }
 *   @Override public TopicRegistry topics() { return hot.topics(); }
 *   @Override public ManualClock clock() { return clock; }
 * }
 * }</pre>
 *
 * It holds for logs with offset gaps, with batches that are split or encoded anew, and with answers
 * from other threads.
 */
public interface HotTierContract
    extends HotTierAppendContract,
        HotTierConditionsContract,
        HotTierReadContract,
        HotTierTrimContract {}
