/** A field that the server did not accept, and why. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** What a {@link ConfabError} is made of. */
export interface ConfabErrorDetails {
  /** What programs decide by, as `TEXT_EMPTY` or `ROOM_NOT_FOUND`; empty where the server gave none. */
  readonly reason: string;
  /** The canonical gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** How long to wait before the same may succeed; undefined where waiting is no help, or nothing is known. */
  readonly retryAfterMs?: number | undefined;
  readonly fieldViolations?: readonly FieldViolation[] | undefined;
  readonly cause?: unknown;
}

/** What every refusal and every failure of the client is; its subclasses say of which kind. */
export class ConfabError extends Error {
  /** What programs decide by, as `TEXT_EMPTY` or `ROOM_NOT_FOUND`; empty where the server gave none. */
  readonly reason: string;
  /** The canonical gRPC status code. */
  readonly code: number;
  /** How long to wait before the same may succeed; undefined where waiting is no help, or nothing is known. */
  readonly retryAfterMs: number | undefined;
  /** The fields that were not accepted; empty where it was not about a field. */
  readonly fieldViolations: readonly FieldViolation[];

  constructor({ reason, code, message, retryAfterMs, fieldViolations = [], cause }: ConfabErrorDetails) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.reason = reason;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.fieldViolations = fieldViolations;
  }
}

/** Something in the request breaks a rule: a text that is empty, an address that is none. */
export class InvalidArgumentError extends ConfabError {}
/** Not signed in, wrong credentials, or a session that has ended. */
export class UnauthenticatedError extends ConfabError {}
/** The rules of the room or of the server don't let one do this. */
export class PermissionError extends ConfabError {}
/** It is not there, or not for oneself. */
export class NotFoundError extends ConfabError {}
/** What is there already, or has changed meanwhile, stands against it. */
export class ConflictError extends ConfabError {}
/** Too much or too soon; `retryAfterMs` says when again. `OUTBOX_FULL`: too many messages are unsent. */
export class QuotaError extends ConfabError {}
/** The server can't be reached, or can't answer just now. The same may succeed later. */
export class UnavailableError extends ConfabError {}
/** The chat has been closed. */
export class ClosedError extends ConfabError {}

/** gRPC's status codes, as far as the client itself uses them. */
export const Code = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

const classOf: Readonly<Record<number, typeof ConfabError>> = {
  3: InvalidArgumentError,
  4: UnavailableError,
  5: NotFoundError,
  6: ConflictError,
  7: PermissionError,
  8: QuotaError,
  9: ConflictError,
  10: ConflictError,
  11: InvalidArgumentError,
  14: UnavailableError,
  16: UnauthenticatedError,
};

/** The error of the class that its code calls for. */
export function confabError(details: ConfabErrorDetails): ConfabError {
  const ErrorClass = classOf[details.code] ?? ConfabError;
  return new ErrorClass(details);
}

/** What was thrown, as an error of the client's. */
export function asConfabError(error: unknown): ConfabError {
  if (error instanceof ConfabError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ConfabError({ reason: "", code: Code.INTERNAL, message, cause: error });
}

/** What calls on a closed chat end with. */
export function closedError(): ClosedError {
  const message = "the chat has been closed";
  return new ClosedError({ reason: "CLOSED", code: Code.FAILED_PRECONDITION, message });
}
