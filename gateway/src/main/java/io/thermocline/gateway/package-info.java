/**
 * The edge: gRPC services, reads that span the tiers, and a small HTTP side.
 *
 * <p>Start with {@link io.thermocline.gateway.GatewayServer}, which puts the parts together; then
 * {@code TieredReader}, where the two tiers become one log; then {@code FetchStream} and {@code
 * ProduceStream}, one of which runs for each open call. {@code ErrorStatuses} is the only place
 * where failures become gRPC statuses.
 */
package io.thermocline.gateway;
