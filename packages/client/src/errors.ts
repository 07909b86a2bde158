/** A request field that the server refused, and the reason. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** The fields of a {@link ConfabError}. */
export interface ConfabErrorDetails {
  /** A constant for programs, for example `TEXT_EMPTY` or `ROOM_NOT_FOUND`; empty if the server gave none. */
  readonly reason: string;
  /** The canonical gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** Milliseconds to wait before a retry may succeed; undefined if waiting does not help or the time is unknown. */
  readonly retryAfterMs?: number | undefined;
  readonly fieldViolations?: readonly FieldViolation[] | undefined;
  readonly cause?: unknown;
}

/** The method that `console.log` of Node and Bun calls. */
const inspect = Symbol.for("nodejs.util.inspect.custom");
const FOREIGN_FRAME = /node:|node_modules|native:/;
const MAX_SHOWN_FRAMES = 3;

/** The base class of every error that the client throws; the subclasses are the kinds of errors. */
export class ConfabError extends Error {
  /** The minifiers of web pages shorten the names of classes. */
  static override readonly name: string = "ConfabError";
  /** A constant for programs, for example `TEXT_EMPTY` or `ROOM_NOT_FOUND`; empty if the server gave none. */
  readonly reason: string;
  /** The canonical gRPC status code. */
  readonly code: number;
  /** Milliseconds to wait before a retry may succeed; undefined if waiting does not help or the time is unknown. */
  readonly retryAfterMs: number | undefined;
  /** The refused fields; empty if the error is not about a field. */
  readonly fieldViolations: readonly FieldViolation[];

  constructor({ reason, code, message, retryAfterMs, fieldViolations = [], cause }: ConfabErrorDetails) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.reason = reason;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.fieldViolations = fieldViolations;
  }

  /** Shows in `console.log`: the reason, the message, the refused fields, and the application's lines of the stack. */
  [inspect](): string {
    const { name, reason, code, message, fieldViolations, stack = "" } = this;
    const fields = fieldViolations.map(({ field, description }) => `    ${field}: ${description}`);
    const frames = stack.split("\n").filter((line) => /^ {4}at /.test(line) && !FOREIGN_FRAME.test(line));
    const title = `${name} [${reason || `code ${code}`}]: ${message}`;
    return [title, ...fields, ...frames.slice(0, MAX_SHOWN_FRAMES)].join("\n");
  }
}

/** The request breaks a rule: an empty text, an invalid address. */
export class InvalidArgumentError extends ConfabError {
  static override readonly name: string = "InvalidArgumentError";
}
/** The credentials are wrong or the session has ended. */
export class UnauthenticatedError extends ConfabError {
  static override readonly name: string = "UnauthenticatedError";
}
/** The rules of the room or the server forbid this call. */
export class PermissionError extends ConfabError {
  static override readonly name: string = "PermissionError";
}
/** The thing does not exist, or is hidden from the user. */
export class NotFoundError extends ConfabError {
  static override readonly name: string = "NotFoundError";
}
/** The call conflicts with something that exists or has changed meanwhile. */
export class ConflictError extends ConfabError {
  static override readonly name: string = "ConflictError";
}
/** A limit is reached; `retryAfterMs` gives the time until a retry. `OUTBOX_FULL`: too many messages are unsent. */
export class QuotaError extends ConfabError {
  static override readonly name: string = "QuotaError";
}
/** The server can't be reached or can't answer now. A retry may succeed later. */
export class UnavailableError extends ConfabError {
  static override readonly name: string = "UnavailableError";
}
/** The chat has been closed. */
export class ClosedError extends ConfabError {
  static override readonly name: string = "ClosedError";
}

/** The gRPC status codes that the client itself uses. */
export const Code = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  ABORTED: 10,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
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

/** Makes an error of the class that belongs to its status code. */
export function confabError(details: ConfabErrorDetails): ConfabError {
  const ErrorClass = classOf[details.code] ?? ConfabError;
  return new ErrorClass(details);
}

/** Turns anything that was thrown into a ConfabError; unknown errors become `INTERNAL`. */
export function asConfabError(error: unknown): ConfabError {
  if (error instanceof ConfabError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ConfabError({ reason: "", code: Code.INTERNAL, message, cause: error });
}

/**
 * Returns true if the server ended a stream for what the client sent: the same again would end the next stream too.
 */
export function isBreach(error: unknown): error is ConfabError {
  const isQuota = error instanceof QuotaError && error.retryAfterMs === undefined;
  return isQuota || error instanceof InvalidArgumentError;
}

/** Reasons of an address or an option `tls` that does not fit the server: waiting won't help. */
const WRONG_TLS: readonly string[] = ["TLS_UNTRUSTED", "TLS_NAME_MISMATCH", "TLS_NOT_SPOKEN", "TLS_REQUIRED"];

/** Returns true if a server that can't be reached now may be there later. */
export function mayAnswerLater(error: unknown): error is UnavailableError {
  return error instanceof UnavailableError && !WRONG_TLS.includes(error.reason);
}

/** Makes the error for calls on a closed chat. */
export function closedError(): ClosedError {
  const message = "the chat has been closed";
  return new ClosedError({ reason: "CLOSED", code: Code.FAILED_PRECONDITION, message });
}

/** Returns a field that every answer of the server has. @throws ConfabError `INTERNAL` if it is missing */
export function required<T>(field: T | undefined): T {
  if (field !== undefined) return field;
  const message = "the server's answer lacks a required field";
  throw new ConfabError({ reason: "", code: Code.INTERNAL, message });
}
