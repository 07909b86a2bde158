import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { Server, Socket } from "node:net";
import type { CertificateFiles } from "../grpc/credentials.ts";
import { type Connection, IdleConnections } from "./idle-connections.ts";

/** The time for the headers of a request, and for a TLS handshake. */
const HEADERS_TIMEOUT_MS = 10_000;
/** The time for a whole request, without TLS. The body of a call has less, with and without. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Both timeouts are checked this often. */
const CHECK_INTERVAL_MS = 1_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
const MAX_HEADER_BYTES = 8 * 1024;
/** A browser keeps its one HTTP/2 connection for the next call. */
const SESSION_IDLE_MS = 5 * 60_000;
/** The requests of one HTTP/2 connection that may be open at once. */
const MAX_STREAMS = 100;
const MAX_CONNECTIONS = 10_000;

const limits = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: CHECK_INTERVAL_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
};

/** A request over HTTP/1.1 or HTTP/2. */
export type WebRequest = IncomingMessage | Http2ServerRequest;
export type WebResponse = ServerResponse | Http2ServerResponse;

/** Answers one request. */
type Answer = (request: WebRequest, response: WebResponse) => void;

/** A listener for plaintext or TLS. */
interface Listener {
  readonly http: Server;
  /** Reads the certificate again, if there is one. */
  readonly reload: () => void;
  /** Ends the connections that are open. */
  readonly cutOff: () => void;
}

export function createListener(certificate: CertificateFiles | null, answer: Answer): Listener {
  const listener = certificate ? createSecure(certificate, answer) : createPlain(answer);
  listener.http.maxConnections = MAX_CONNECTIONS;
  return listener;
}

function createPlain(answer: Answer): Listener {
  const http = createServer(limits, answer);
  return { http, reload() {}, cutOff: () => http.closeAllConnections() };
}

/** An HTTP/2 server that accepts HTTP/1.1, because Bun can renew the certificate only of this kind. */
function createSecure(certificate: CertificateFiles, answer: Answer): Listener {
  const options = {
    ...limits,
    ...readPem(certificate),
    allowHTTP1: true,
    handshakeTimeout: HEADERS_TIMEOUT_MS,
    settings: { maxHeaderListSize: MAX_HEADER_BYTES, maxConcurrentStreams: MAX_STREAMS },
  };
  const idle = new IdleConnections({
    firstRequestMs: HEADERS_TIMEOUT_MS,
    checkIntervalMs: CHECK_INTERVAL_MS,
  });
  const http = createSecureServer(options, (request, response) => {
    response.once("close", idle.begin(connectionOf(request)));
    answer(request, response);
  });
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  http.on("session", (session) => idle.add(session, SESSION_IDLE_MS));
  http.on("secureConnection", (socket) => {
    if (socket.alpnProtocol !== "h2") idle.add(socket, HEADERS_TIMEOUT_MS);
    // A client that breaks off is no failure of the server.
    socket.on("error", () => {});
  });
  return {
    http,
    reload: () => http.setSecureContext(readPem(certificate)),
    cutOff: () => {
      idle[Symbol.dispose]();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function connectionOf(request: WebRequest): Connection {
  const session = "stream" in request ? request.stream.session : undefined;
  return session ?? request.socket;
}

function readPem({ certPath, keyPath }: CertificateFiles): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certPath), key: readFileSync(keyPath) };
}
