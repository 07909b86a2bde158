import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";
import { CommandError } from "./command-error.ts";

/** Turns a failed call into a command's error. If the server gave no reason, the status code's name stands in. */
export function toCommandError(cause: ServiceError): CommandError {
  const reason = reasonOf(cause) ?? status[cause.code];
  return new CommandError(cause.details, { reason, cause });
}

/** Returns the `google.rpc.ErrorInfo` reason, if the server's own code set one. */
function reasonOf({ metadata }: ServiceError): string | null {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Buffer)) return null;
  for (const detail of fromBinary(rpc.StatusSchema, bytes).details) {
    const info = anyUnpack(detail, rpc.ErrorInfoSchema);
    if (info) return info.reason;
  }
  return null;
}
