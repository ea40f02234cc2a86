/**
 * Records and batches as bytes: the protobuf form of {@code thermocline.v1.Records}, read and
 * written by hand so that no object is made for a record, and its compression.
 *
 * <p>The payload that a producer sends is the payload on disk and the payload a consumer gets, so
 * this one package is used by the client, the broker's checks and the Parquet writer and reader.
 */
package io.thermocline.codec;
