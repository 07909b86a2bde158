import { Metadata, type status } from "@grpc/grpc-js";
import { type CallStatus, encodeStatus } from "../errors.ts";

/** The trailer of every failed call; its value names the call in the server's log. */
const REQUEST_ID_HEADER = "x-request-id";

/** The trailer by which the retries of gRPC libraries wait: https://github.com/grpc/proposal/blob/master/A6-client-retries.md */
const PUSHBACK_HEADER = "grpc-retry-pushback-ms";

/** The end of a failed call, as grpc-js sends it. */
interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

export function toGrpcStatus(failed: CallStatus): GrpcStatus {
  const { code, message, requestId, retryAfterMs } = failed;
  const metadata = new Metadata();
  if (retryAfterMs !== undefined) metadata.set(PUSHBACK_HEADER, String(Math.ceil(retryAfterMs)));
  metadata.set(REQUEST_ID_HEADER, requestId);
  metadata.set("grpc-status-details-bin", encodeStatus(failed));
  return { code, details: message, metadata };
}
