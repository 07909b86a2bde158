import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";

/** Why a command could not do what it was asked: printed as `confab: message (REASON)`. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** What the server gave as the reason; null for what the command itself found wrong. */
  readonly reason: string | null;

  constructor(message: string, options: { reason?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = options.reason ?? null;
  }
}

/** A failed call as a command's error. A reason that the server did not give is the status code's name. */
export function toCommandError(cause: ServiceError): CommandError {
  const reason = reasonOf(cause) ?? status[cause.code];
  return new CommandError(cause.details, { reason, cause });
}

/** The `google.rpc.ErrorInfo` reason of a failed call, if it came from the server's own code. */
function reasonOf({ metadata }: ServiceError): string | null {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Buffer)) return null;
  for (const detail of fromBinary(rpc.StatusSchema, bytes).details) {
    const info = anyUnpack(detail, rpc.ErrorInfoSchema);
    if (info) return info.reason;
  }
  return null;
}
