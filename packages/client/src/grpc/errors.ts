import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import { type ServiceError, status } from "@grpc/grpc-js";
import { Code, type ConfabError, confabError } from "../errors.ts";
import { readDetails } from "../transport/error-details.ts";

/** Codes that grpc-js uses for a broken connection, besides UNAVAILABLE; the server did not send them. */
const BROKEN: readonly number[] = [status.CANCELLED, status.UNKNOWN, status.INTERNAL];

/** Turns grpc-js's error into a ConfabError, with the details that the server sent. */
export function fromServiceError(error: ServiceError): ConfabError {
  const sent = readStatus(error);
  const message = error.details || error.message;
  if (!sent) {
    const isBroken = BROKEN.includes(error.code) || error.code === status.UNAVAILABLE;
    const code = isBroken ? Code.UNAVAILABLE : error.code;
    return confabError({ reason: isBroken ? "CONNECTION_LOST" : "", code, message, cause: error });
  }
  const details = readDetails((schema) => {
    for (const any of sent.details) {
      const found = anyUnpack(any, schema);
      if (found) return found;
    }
    return undefined;
  });
  return confabError({ ...details, code: error.code, message, cause: error });
}

function readStatus({ metadata }: ServiceError): rpc.Status | null {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Uint8Array)) return null;
  try {
    return fromBinary(rpc.StatusSchema, bytes);
  } catch {
    // Unreadable details are ignored; code and message are enough.
    return null;
  }
}
