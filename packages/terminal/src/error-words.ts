import { ConfabError, forPeople, UnavailableError } from "@confab/client";
import { withLocalTimes } from "./text/times.ts";

const SECOND_MS = 1_000;

/** Describes an error for the user: what happened, the server's reason, and when to try again. */
export function errorWords(error: unknown): string {
  if (!(error instanceof ConfabError)) return error instanceof Error ? error.message : String(error);
  // The words of a suspension say until when.
  const wait =
    error.retryAfterMs === undefined || error.reason === "SUSPENDED"
      ? ""
      : `; try again in ${Math.max(1, Math.ceil(error.retryAfterMs / SECOND_MS))} s`;
  return `${connectionWords(error)}${wait}`;
}

/** Describes a lost connection: the server's words, or that it does not answer. */
export function connectionWords(error: ConfabError): string {
  // Without words of the server there are those of the transport, which say nothing to people.
  const hasReason = error.reason !== "" && error.reason !== "CONNECTION_LOST";
  return hasReason || !(error instanceof UnavailableError)
    ? refusalWords(error)
    : "the server does not answer";
}

/** Describes why the server has refused something. It does not tell whether a direct message met a block or a choice. */
export function refusalWords({ reason, message }: ConfabError): string {
  return reason === "DM_NOT_ALLOWED"
    ? "they take no direct messages of yours: they block you, or have chosen who may write to them"
    : withLocalTimes(forPeople(message), new Date());
}

/** Describes a failure to connect for the first time. */
export function connectWords(error: unknown, address: string): string {
  if (!(error instanceof UnavailableError)) return errorWords(error);
  switch (error.reason) {
    case "TLS_UNTRUSTED":
      return `the certificate of ${address} is not trusted: --ca names another to trust`;
    case "TLS_NAME_MISMATCH":
      return `the certificate of ${address} is for another name: give the address with the name that it is for`;
    case "TLS_NOT_SPOKEN":
      return `${address} does not speak TLS: --no-tls connects without it`;
    case "TLS_REQUIRED":
      return `${address} speaks TLS only: leave out --no-tls, or name its certificate with --ca`;
    default:
      return `no Confab server answers at ${address}: start one with \`confab serve\`, or give another address`;
  }
}
