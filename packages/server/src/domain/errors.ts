/**
 * Errors that a caller causes or can act on. Everything else that is thrown is a bug; the caller sees an internal error
 * without an explanation.
 */

/** The families of errors. Each has one gRPC code, in `rpc/errors.ts`. */
export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "missing"
  | "exists"
  | "state"
  | "conflict"
  | "quota"
  | "deadline"
  | "unavailable"
  | "unimplemented";

/** Every machine-readable reason with its family. Clients switch on the reason. */
const kindOf = {
  REQUEST_MALFORMED: "invalid",
  TEXT_EMPTY: "invalid",
  TEXT_TOO_LONG: "invalid",
  NAME_EMPTY: "invalid",
  NAME_TOO_LONG: "invalid",
  NAME_INVALID: "invalid",
  HANDLE_INVALID: "invalid",
  PASSWORD_TOO_SHORT: "invalid",
  PASSWORD_TOO_LONG: "invalid",
  PASSWORD_COMMON: "invalid",
  FIELD_REQUIRED: "invalid",
  FIELD_UNKNOWN: "invalid",
  FIELD_INVALID: "invalid",
  FIELD_TOO_LONG: "invalid",
  MENTION_NOT_MEMBER: "invalid",
  TOO_MANY_IDS: "invalid",
  PAGE_SIZE_INVALID: "invalid",
  PAGE_TOKEN_INVALID: "invalid",
  PROFILE_FIELD_TOO_LONG: "invalid",
  PROFILE_FIELD_INVALID: "invalid",
  SIGN_IN_REQUIRED: "unauthenticated",
  TOKEN_INVALID: "unauthenticated",
  TOKEN_EXPIRED: "unauthenticated",
  SESSION_REVOKED: "unauthenticated",
  CREDENTIALS_WRONG: "unauthenticated",
  NOT_PERMITTED: "forbidden",
  NAME_HELD: "forbidden",
  SUSPENDED: "forbidden",
  MUTED: "forbidden",
  BANNED: "forbidden",
  NOT_A_MEMBER: "forbidden",
  INVITE_REQUIRED: "forbidden",
  APPROVAL_REQUIRED: "forbidden",
  DM_NOT_ALLOWED: "forbidden",
  REGISTRATION_CLOSED: "forbidden",
  GUESTS_NOT_ALLOWED: "forbidden",
  EXTERNAL_SIGN_IN_OFF: "state",
  USER_NOT_FOUND: "missing",
  ROOM_NOT_FOUND: "missing",
  MEMBER_NOT_FOUND: "missing",
  MESSAGE_NOT_FOUND: "missing",
  SESSION_NOT_FOUND: "missing",
  SERVICE_KEY_NOT_FOUND: "missing",
  SERVICE_NOT_FOUND: "missing",
  HANDLE_TAKEN: "exists",
  ALREADY_MEMBER: "exists",
  MESSAGE_ID_REUSED: "exists",
  ROOM_DELETED: "state",
  ROOM_CLOSED: "state",
  ROOM_FULL: "state",
  MESSAGE_DELETED: "state",
  HELLO_EXPECTED: "state",
  LIKES_REQUIRED: "state",
  LAST_OWNER: "state",
  RELATIONSHIPS_FULL: "state",
  EDIT_CONFLICT: "conflict",
  AFTER_REFUSED: "conflict",
  RATE_LIMITED: "quota",
  SLOW_MODE: "quota",
  REQUEST_TOO_LARGE: "quota",
  SIGN_IN_BUSY: "quota",
  TOO_MANY_STREAMS: "quota",
  REQUEST_UNFINISHED: "quota",
  CONSUMER_STALLED: "quota",
  DEADLINE_PASSED: "deadline",
  DEADLINE_EXCEEDED: "deadline",
  COMMAND_UNKNOWN: "unimplemented",
  METHOD_UNKNOWN: "unimplemented",
  GRPC_REQUIRED: "unimplemented",
  REQUEST_COUNT: "unimplemented",
  COMPRESSION_UNKNOWN: "unimplemented",
  SHUTTING_DOWN: "unavailable",
  IDENTITY_PROVIDER_UNREACHABLE: "unavailable",
  STORE_BUSY: "unavailable",
  STORAGE_FULL: "unavailable",
  STORAGE_ERROR: "unavailable",
} as const satisfies Record<string, ErrorKind>;

type Reason = keyof typeof kindOf;

interface ChatErrorOptions {
  /** The wrong field of the request, by its name in the contract: `user_name`. */
  readonly field?: string | undefined;
  /** Milliseconds to wait before the same call may succeed. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A `ChatError` as plain data, because an Error loses its fields when it crosses between threads. */
export type ChatErrorData = Pick<ChatError, "reason" | "message" | "field" | "retryAfterMs">;

/** An error with a message for the caller: what happened, with the value, and what to do. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly reason: Reason;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(reason: Reason, message: string, options: ChatErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }

  static fromData(data: ChatErrorData): ChatError {
    const { reason, message, field, retryAfterMs } = data;
    return new ChatError(reason, message, { field, retryAfterMs });
  }

  toData(): ChatErrorData {
    const { reason, message, field, retryAfterMs } = this;
    return { reason, message, field, retryAfterMs };
  }

  get kind(): ErrorKind {
    return kindOf[this.reason];
  }
}
