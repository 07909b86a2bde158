import { ChatError } from "../../domain/errors.ts";
import { storageFault } from "./database.ts";
import type { OperationRequest, ThreadAnswer } from "./wire.ts";

/** An operation that has been run, with its result. */
export interface Ran {
  readonly request: OperationRequest;
  readonly result: unknown;
}

export interface Failed {
  readonly request: OperationRequest;
  readonly error: unknown;
}

export async function tryOperation(
  request: OperationRequest,
  perform: (request: OperationRequest) => Promise<unknown>,
): Promise<Ran | Failed> {
  try {
    return { request, result: await perform(request) };
  } catch (error) {
    return { request, error };
  }
}

export function toAnswer(ran: Ran | Failed): ThreadAnswer {
  const { id } = ran.request;
  if (!("error" in ran)) return { kind: "done", id, result: ran.result };
  if (ran.error instanceof ChatError) return { kind: "refused", id, error: ran.error.toData() };
  const error = ran.error instanceof Error ? ran.error : new Error(String(ran.error));
  return { kind: "failed", id, message: error.message, stack: error.stack, fault: storageFault(error) };
}
