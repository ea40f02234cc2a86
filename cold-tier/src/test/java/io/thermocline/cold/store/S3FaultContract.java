package io.thermocline.cold.store;

/** What every store in a bucket does when the other side misbehaves. */
interface S3FaultContract extends S3RefusalContract, S3TransferContract {}
