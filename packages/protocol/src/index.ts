export { type EnumNames, enumNames } from "./enum-names.ts";
/** The standard gRPC error model, as Confab sends it. */
export * as rpc from "./gen/google/rpc/status_pb.ts";
/** The standard gRPC health service. */
export * as health from "./gen/grpc/health/v1/health_pb.ts";
/** The standard gRPC reflection service, in the two versions that clients use. */
export * as reflection from "./gen/grpc/reflection/v1/reflection_pb.ts";
export * as reflectionAlpha from "./gen/grpc/reflection/v1alpha/reflection_pb.ts";
/** The simple contract: one room, no proto package, and few calls. */
export * as simple from "./simple.ts";
/** The full contract, `confab.v1`. */
export * as v1 from "./v1.ts";
