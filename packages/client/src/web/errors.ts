import { ConnectError } from "@connectrpc/connect";
import { Code, type ConfabError, confabError, UnavailableError } from "../errors.ts";
import { readDetails } from "../transport/error-details.ts";

/** Turns what a call to `url` has thrown into a ConfabError, with the details that the server sent. */
export function fromFailure(thrown: unknown, url: string): ConfabError {
  if (thrown instanceof ConnectError && thrown.isWireError) {
    const details = readDetails((schema) => thrown.findDetails(schema)[0]);
    return confabError({ ...details, code: thrown.code, message: thrown.rawMessage, cause: thrown });
  }
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") {
    const message = `no answer came in time from ${url}`;
    return new UnavailableError({ reason: "", code: Code.DEADLINE_EXCEEDED, message, cause: thrown });
  }
  const message = describe(thrown, url);
  return new UnavailableError({ reason: "CONNECTION_LOST", code: Code.UNAVAILABLE, message, cause: thrown });
}

/** True if no answer of the server has come, so that it may have executed the call or not. */
export function isUnanswered({ code, reason }: ConfabError): boolean {
  return reason === "CONNECTION_LOST" || (code === Code.DEADLINE_EXCEEDED && reason === "");
}

function describe(thrown: unknown, url: string): string {
  // `fetch` says no more: a page must not learn why another origin can't be read.
  if (thrown instanceof TypeError) {
    const { location } = globalThis;
    const isOther = location !== undefined && location.origin !== new URL(url).origin;
    const cors = isOther ? ", or the server does not allow this page's origin (CONFAB_CORS_ORIGINS)" : "";
    return `can't reach ${url}: no server answers there, or the network is down${cors}`;
  }
  const words = thrown instanceof ConnectError ? thrown.rawMessage : String(thrown);
  return `what answers at ${url} is no Confab server, or its answer broke off: ${words}`;
}
