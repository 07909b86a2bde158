import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { Metadata, status } from "@grpc/grpc-js";
import { ChatError, type ErrorKind } from "../domain/errors.ts";

/** The domain of every `google.rpc.ErrorInfo` that Confab sends. */
const ERROR_DOMAIN = "confab";

/** Names the call in the server's log; a trailer of every call that failed. */
const REQUEST_ID_HEADER = "x-request-id";

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
} as const satisfies Record<ErrorKind, status>;

/** What grpc-js sends at the end of a call that failed. */
export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** The status, for the caller, of whatever was thrown. An error that isn't a caller's doing says nothing of itself. */
export function toStatus(error: unknown, requestId: string): GrpcStatus {
  const chatError = error instanceof ChatError ? error : undefined;
  const code = chatError ? codeOf[chatError.kind] : status.INTERNAL;
  const message = chatError?.message ?? `internal error: request ${requestId}`;
  const details = [any(rpc.RequestInfoSchema, { requestId })];
  if (chatError) {
    const { reason, field, retryAfterMs } = chatError;
    const metadata: Record<string, string> = field === undefined ? {} : { field };
    details.unshift(any(rpc.ErrorInfoSchema, { reason, domain: ERROR_DOMAIN, metadata }));
    if (field !== undefined) {
      details.push(any(rpc.BadRequestSchema, { fieldViolations: [{ field, description: message }] }));
    }
    if (retryAfterMs !== undefined) {
      details.push(any(rpc.RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) }));
    }
  }

  const metadata = new Metadata();
  metadata.set(REQUEST_ID_HEADER, requestId);
  const rich = create(rpc.StatusSchema, { code, message, details });
  metadata.set("grpc-status-details-bin", Buffer.from(toBinary(rpc.StatusSchema, rich)));
  return { code, details: message, metadata };
}

function any<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>) {
  return anyPack(schema, create(schema, init));
}
