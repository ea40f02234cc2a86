package io.thermocline.testkit;

/**
 * Everything a cold tier promises. A test class implements it and gives the subject:
 *
 * <pre>{@code
 * final class IcebergColdTierTest implements ColdTierContract {
 *   @TempDir Path dir;
 *   private ColdTier cold;
 *
 *   @BeforeEach void open() { cold = IcebergColdTier.open(settings(dir)); }
 *   @AfterEach void close() { cold.close(); }
 *
 *   @Override public ColdTier cold() { return cold; }
 * }
 * }</pre>
 */
public interface ColdTierContract
    extends ColdTierWriteContract,
        ColdTierReadContract,
        ColdTierTimestampContract,
        ColdTierCommitContract,
        ColdTierMergeContract {}
