import { once } from "node:events";
import { connect } from "node:tls";
import { Code, type ConfabError, UnavailableError } from "../errors.ts";
import type { Target } from "./address.ts";

/** Time for the server to answer the question if it speaks TLS. */
const PROBE_MS = 5_000;

/** grpc-js's words when no connection came about; the runtime's own words are in the group. */
const NO_CONNECTION = /^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note: /s;
const OTHER_NAME = /altnames|ERR_TLS_CERT_ALTNAME_INVALID/i;
const UNTRUSTED = /self.signed|certificate/i;
const NOT_TLS = /wrong.version.number/i;
/** grpc-js's words for a server that hangs up on the first bytes. */
const HUNG_UP = /^Failed to connect|ECONNRESET|socket hang up/i;

interface Attempt extends Target {
  readonly isTls: boolean;
}

/** Says why no connection came about, where that can be known; returns every other error as it is. */
export async function explainFailure(error: ConfabError, attempt: Attempt): Promise<ConfabError> {
  const words = NO_CONNECTION.exec(error.message)?.[1];
  if (words === undefined) return error;
  const { target, isTls } = attempt;
  const because = (reason: string, message: string): ConfabError =>
    new UnavailableError({ reason, code: Code.UNAVAILABLE, message, cause: error });
  if (isTls) {
    if (OTHER_NAME.test(words)) {
      return because("TLS_NAME_MISMATCH", `the certificate of ${target} is for another name: ${words}`);
    }
    if (UNTRUSTED.test(words)) {
      const hint = "name the authority's certificate with the option tls: { ca }";
      return because("TLS_UNTRUSTED", `the certificate of ${target} is not trusted (${words}): ${hint}`);
    }
    if (NOT_TLS.test(words)) {
      return because("TLS_NOT_SPOKEN", `${target} does not speak TLS: connect with the option tls: false`);
    }
  } else if (HUNG_UP.test(words) && (await speaksTls(attempt))) {
    return because("TLS_REQUIRED", `${target} speaks TLS only: connect with the option tls: true`);
  }
  return because("CONNECTION_LOST", `no server answers at ${target}: ${words}`);
}

/** Returns true if the server completes a TLS handshake, whatever its certificate. */
async function speaksTls({ host, port }: Attempt): Promise<boolean> {
  if (host === "") return false;
  // Nothing is sent over this connection.
  const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.on("error", () => {});
    socket.destroy();
  }
}
