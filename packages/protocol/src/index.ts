/** The simple contract: package-less, one room, what a newcomer generates stubs for. */

/** The standard gRPC error model, as Confab sends it. */
export * as rpc from "./gen/google/rpc/status_pb.ts";
/** The standard gRPC health service. */
export * as health from "./gen/health/v1/health_pb.ts";
export * as simple from "./simple.ts";
/** The full contract, `confab.v1`. */
export * as v1 from "./v1.ts";
