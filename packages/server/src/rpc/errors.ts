import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { Metadata, status } from "@grpc/grpc-js";
import { ChatError, type ErrorKind } from "../domain/errors.ts";

/** The domain of every `google.rpc.ErrorInfo` that Confab sends. */
const ERROR_DOMAIN = "confab";

/** The trailer of every failed call; its value names the call in the server's log. */
const REQUEST_ID_HEADER = "x-request-id";

/** The trailer by which the retries of gRPC libraries wait: https://github.com/grpc/proposal/blob/master/A6-client-retries.md */
const PUSHBACK_HEADER = "grpc-retry-pushback-ms";

const codeOf = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  missing: status.NOT_FOUND,
  exists: status.ALREADY_EXISTS,
  state: status.FAILED_PRECONDITION,
  conflict: status.ABORTED,
  quota: status.RESOURCE_EXHAUSTED,
  deadline: status.DEADLINE_EXCEEDED,
  unavailable: status.UNAVAILABLE,
  unimplemented: status.UNIMPLEMENTED,
} as const satisfies Record<ErrorKind, status>;

/** The end of a failed call, as grpc-js sends it. */
export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Turns a thrown error into a status. Only the message of a `ChatError` reaches the caller. */
export function toStatus(error: unknown, requestId: string): GrpcStatus {
  const chatError = error instanceof ChatError ? error : undefined;
  const code = chatError ? codeOf[chatError.kind] : status.INTERNAL;
  const message = chatError?.message ?? `internal error: request ${requestId}`;
  const metadata = new Metadata();
  const details = [any(rpc.RequestInfoSchema, { requestId })];
  if (chatError) {
    const { reason, field, retryAfterMs } = chatError;
    const info = { reason, domain: ERROR_DOMAIN, metadata: field === undefined ? {} : { field } };
    details.unshift(any(rpc.ErrorInfoSchema, info));
    if (field !== undefined) {
      details.push(any(rpc.BadRequestSchema, { fieldViolations: [{ field, description: message }] }));
    }
    if (retryAfterMs !== undefined) {
      details.push(any(rpc.RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) }));
      metadata.set(PUSHBACK_HEADER, String(Math.ceil(retryAfterMs)));
    }
  }

  metadata.set(REQUEST_ID_HEADER, requestId);
  const rich = create(rpc.StatusSchema, { code, message, details });
  metadata.set("grpc-status-details-bin", Buffer.from(toBinary(rpc.StatusSchema, rich)));
  return { code, details: message, metadata };
}

function any<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>) {
  return anyPack(schema, create(schema, init));
}
