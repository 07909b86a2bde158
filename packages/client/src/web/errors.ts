import { Code as ConnectCode, ConnectError } from "@connectrpc/connect";
import { Code, type ConfabError, confabError, UnavailableError } from "../errors.ts";
import { readDetails } from "../transport/error-details.ts";

/** Turns the error of a call to `url` into a ConfabError, with the details that the server sent. */
export function fromConnectError(thrown: unknown, url: string): ConfabError {
  const error = ConnectError.from(thrown);
  const { code, rawMessage: message } = error;
  if (error.isWireError) {
    const details = readDetails((schema) => error.findDetails(schema)[0]);
    return confabError({ ...details, code, message, cause: error });
  }
  if (code === ConnectCode.DeadlineExceeded) {
    return new UnavailableError({
      reason: "",
      code,
      message: `no answer came in time from ${url}`,
      cause: error,
    });
  }
  return lost(describe(error, url), error);
}

/** True if no answer of the server has come, so that it may have executed the call or not. */
export function isUnanswered({ code, reason }: ConfabError): boolean {
  return reason === "CONNECTION_LOST" || (code === Code.DEADLINE_EXCEEDED && reason === "");
}

function describe({ cause, rawMessage }: ConnectError, url: string): string {
  // `fetch` says no more than that: a page must not learn why another origin can't be read.
  if (cause instanceof TypeError) {
    const isOther = globalThis.location !== undefined && new URL(url).origin !== globalThis.location.origin;
    const cors = `, or the server does not allow this page's origin (CONFAB_CORS_ORIGINS)`;
    return `can't reach ${url}: no server answers there, or the network is down${isOther ? cors : ""}`;
  }
  if (/^(HTTP \d|unsupported content type)/.test(rawMessage)) {
    return `what answers at ${url} is no Confab server, or a proxy before it: ${rawMessage}`;
  }
  return `the connection to ${url} was lost: ${rawMessage}`;
}

function lost(message: string, cause: unknown): UnavailableError {
  return new UnavailableError({ reason: "CONNECTION_LOST", code: Code.UNAVAILABLE, message, cause });
}
