/**
 * For the client's own use, and no API: connections to the server, streams and plain calls over
 * them, and what failures and batches are there. The only package of the client that knows gRPC.
 */
package io.thermocline.client.wire;
