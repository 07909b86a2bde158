import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { ChatError } from "../domain/errors.ts";
import type { Calls } from "./calls.ts";
import { type CallStatus, toStatus } from "./errors.ts";
import type { Gate } from "./gate.ts";

/** Everything that the calls of all services need. */
export interface CallEnvironment {
  readonly gate: Gate;
  readonly calls: Calls;
  readonly log: Logger;
}

/** Refuses a call whose caller has given up: nothing may be done for it. @throws ChatError DEADLINE_PASSED */
export function refusePassedDeadline(deadline: Date | number): void {
  if (Number(deadline) <= Date.now()) {
    throw new ChatError("DEADLINE_PASSED", "the deadline had passed when the call arrived: nothing was done");
  }
}

/** Returns the status of a failed call, and logs the cause, which the caller may not see, under the same request id. */
export function failure(error: unknown, path: string, log: Logger): CallStatus {
  const requestId = randomUUID();
  if (!(error instanceof ChatError)) log.error({ requestId, path, err: error }, "call failed");
  else if (error.kind === "unavailable" && error.reason !== "SHUTTING_DOWN")
    log.warn({ requestId, path, reason: error.reason, err: error.cause }, "call failed");
  else log.debug({ requestId, path, reason: error.reason, field: error.field }, "call refused");
  return toStatus(error, requestId);
}
