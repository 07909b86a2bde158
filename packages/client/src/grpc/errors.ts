import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { anyUnpack, durationMs } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";
import { Code, type ConfabError, confabError } from "../errors.ts";

/** Codes that grpc-js uses for a broken connection, besides UNAVAILABLE; the server did not send them. */
const BROKEN: readonly number[] = [status.CANCELLED, status.UNKNOWN, status.INTERNAL];

/** Turns grpc-js's error into a ConfabError, with the details that the server sent. */
export function fromServiceError(error: ServiceError): ConfabError {
  const details = readDetails(error);
  const message = error.details || error.message;
  if (!details) {
    const isBroken = BROKEN.includes(error.code) || error.code === status.UNAVAILABLE;
    const code = isBroken ? Code.UNAVAILABLE : error.code;
    return confabError({ reason: isBroken ? "CONNECTION_LOST" : "", code, message, cause: error });
  }
  const find = <Desc extends DescMessage>(schema: Desc): MessageShape<Desc> | undefined => {
    for (const any of details.details) {
      const found = anyUnpack(any, schema);
      if (found) return found;
    }
    return undefined;
  };
  const retryDelay = find(rpc.RetryInfoSchema)?.retryDelay;
  return confabError({
    reason: find(rpc.ErrorInfoSchema)?.reason ?? "",
    code: error.code,
    message,
    retryAfterMs: retryDelay && durationMs(retryDelay),
    fieldViolations: find(rpc.BadRequestSchema)?.fieldViolations.map(({ field, description }) => ({
      field,
      description,
    })),
    cause: error,
  });
}

function readDetails({ metadata }: ServiceError): rpc.Status | null {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Uint8Array)) return null;
  try {
    return fromBinary(rpc.StatusSchema, bytes);
  } catch {
    // Unreadable details are ignored; code and message are enough.
    return null;
  }
}
