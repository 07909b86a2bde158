/**
 * What can go wrong through a caller's doing, or in a way a caller can act on. Everything else that is
 * thrown is a bug and leaves the server as an unexplained internal error.
 */

/** The families of errors; each has one gRPC code, in `rpc/errors.ts`. */
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
  | "unavailable";

/** Every machine-readable reason, and the family it belongs to. Clients switch on the reason. */
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
  HANDLE_TAKEN: "exists",
  ALREADY_MEMBER: "exists",
  MESSAGE_ID_REUSED: "exists",
  ROOM_DELETED: "state",
  ROOM_FULL: "state",
  MESSAGE_DELETED: "state",
  HELLO_EXPECTED: "state",
  LIKES_REQUIRED: "state",
  LAST_OWNER: "state",
  EDIT_CONFLICT: "conflict",
  RATE_LIMITED: "quota",
  SLOW_MODE: "quota",
  REQUEST_TOO_LARGE: "quota",
  SIGN_IN_BUSY: "quota",
  CONSUMER_STALLED: "quota",
  DEADLINE_PASSED: "deadline",
  SHUTTING_DOWN: "unavailable",
  IDENTITY_PROVIDER_UNREACHABLE: "unavailable",
  STORE_BUSY: "unavailable",
  STORAGE_FULL: "unavailable",
  STORAGE_ERROR: "unavailable",
} as const satisfies Record<string, ErrorKind>;

export type Reason = keyof typeof kindOf;

export interface ChatErrorOptions {
  /** The request's field that is wrong, by its name in the contract: `user_name`. */
  readonly field?: string;
  /** How long to wait before the same call may succeed, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An error whose message is written for the caller: what happened, with the value, and what to do. */
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

  get kind(): ErrorKind {
    return kindOf[this.reason];
  }
}
