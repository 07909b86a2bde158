import { create, type DescMessage, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { ChatError, type ErrorKind } from "../domain/errors.ts";
import { encode } from "./codec.ts";

/** The domain of every `google.rpc.ErrorInfo` that Confab sends. */
const ERROR_DOMAIN = "confab";

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

/** The end of a failed call. Each port has its own way to send it. */
export interface CallStatus {
  readonly code: status;
  readonly message: string;
  /** Names the call in the server's log. */
  readonly requestId: string;
  /** Milliseconds to wait before the same call may succeed. */
  readonly retryAfterMs: number | undefined;
  readonly details: readonly StatusDetail[];
}

interface StatusDetail {
  readonly desc: DescMessage;
  readonly value: Message;
}

/** Turns a thrown error into a status. Only the message of a `ChatError` reaches the caller. */
export function toStatus(error: unknown, requestId: string): CallStatus {
  const requestInfo = detail(rpc.RequestInfoSchema, { requestId });
  if (!(error instanceof ChatError)) {
    const message = `internal error: request ${requestId}`;
    return { code: status.INTERNAL, message, requestId, retryAfterMs: undefined, details: [requestInfo] };
  }
  const { kind, message, reason, field, retryAfterMs } = error;
  const info = { reason, domain: ERROR_DOMAIN, metadata: field === undefined ? {} : { field } };
  const details = [detail(rpc.ErrorInfoSchema, info), requestInfo];
  if (field !== undefined) {
    details.push(detail(rpc.BadRequestSchema, { fieldViolations: [{ field, description: message }] }));
  }
  if (retryAfterMs !== undefined) {
    details.push(detail(rpc.RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) }));
  }
  return { code: codeOf[kind], message, requestId, retryAfterMs, details };
}

/** Encodes a status as `google.rpc.Status`, the value of the trailer `grpc-status-details-bin`. */
export function encodeStatus({ code, message, details }: CallStatus): Buffer {
  const packed = details.map(({ desc, value }) => anyPack(desc, value));
  return encode(rpc.StatusSchema, { code, message, details: packed });
}

function detail<Desc extends DescMessage>(desc: Desc, init: MessageInitShape<Desc>): StatusDetail {
  return { desc, value: create(desc, init) };
}
