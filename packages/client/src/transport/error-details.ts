import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { rpc } from "@confab/protocol";
import type { ConfabErrorDetails } from "../errors.ts";

type Details = Pick<ConfabErrorDetails, "reason" | "retryAfterMs" | "fieldViolations">;

/** Reads what the server has said of an error; `find` returns the detail of a type, if there is one. */
export function readDetails(
  find: <Desc extends DescMessage>(schema: Desc) => MessageShape<Desc> | undefined,
): Details {
  const retryDelay = find(rpc.RetryInfoSchema)?.retryDelay;
  return {
    reason: find(rpc.ErrorInfoSchema)?.reason ?? "",
    retryAfterMs: retryDelay && durationMs(retryDelay),
    fieldViolations: find(rpc.BadRequestSchema)?.fieldViolations.map(({ field, description }) => ({
      field,
      description,
    })),
  };
}
