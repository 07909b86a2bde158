import { ConfabError, UnavailableError } from "@confab/client";

const SECOND_MS = 1_000;

/** An error in words for who sees it: what happened, with the server's reason, and when to try again. */
export function errorWords(error: unknown): string {
  if (!(error instanceof ConfabError)) return error instanceof Error ? error.message : String(error);
  const wait =
    error.retryAfterMs === undefined
      ? ""
      : `; try again in ${Math.max(1, Math.ceil(error.retryAfterMs / SECOND_MS))} s`;
  return `${connectionWords(error)}${wait}`;
}

/** Why there is no connection: the server's words, or that it says nothing. */
export function connectionWords(error: ConfabError): string {
  const isServers = error.reason !== "" || !(error instanceof UnavailableError);
  return isServers ? error.message : "the server does not answer";
}

/** The same where there is no connection yet. */
export function connectWords(error: unknown, address: string): string {
  if (!(error instanceof UnavailableError)) return errorWords(error);
  return `no Confab server answers at ${address}: start one with \`confab serve\`, or give another address`;
}
