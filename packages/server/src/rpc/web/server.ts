import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import type { CertificateFiles } from "../grpc/credentials.ts";
import { listenError } from "../listen-error.ts";
import type { WebRequest, WebResponse } from "./calls/exchange.ts";
import type { WebCalls } from "./calls/web-calls.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 5_000;
const MAX_HEADER_BYTES = 8 * 1024;
const limits = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
};

export interface WebServer {
  readonly port: number;
  /** Reads the certificate files again. */
  reload(): void;
  close(): Promise<void>;
}

interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  readonly certificate: CertificateFiles | null;
  /** Returns true while the server accepts calls: load balancers ask at `/readyz`. */
  readonly isReady: () => boolean;
  readonly grpcPort: number;
  readonly calls: WebCalls;
}

/** Serves calls, and plain HTTP clients: `/healthz` (the process lives) and `/readyz` (the server accepts calls). */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host, port, certificate } = options;
  const answer: Answer = (request, response) => {
    if (options.calls.isCall(request.url?.split("?", 1)[0] ?? "")) options.calls.answer(request, response);
    else respond(request, response, options);
  };
  const server = certificate ? createSecure(certificate, answer) : createPlain(answer);
  await new Promise<void>((resolve, reject) => {
    server.http.once("error", (error: Error) =>
      reject(listenError({ host, port, setting: "CONFAB_WEB_PORT" }, error)),
    );
    server.http.listen(port, host, resolve);
  });
  return {
    port: (server.http.address() as AddressInfo).port,
    reload: server.reload,
    close() {
      server.cutOff();
      return new Promise((resolve) => server.http.close(() => resolve()));
    },
  };
}

type Answer = (request: Request, response: Response) => void;
type Request = WebRequest;
type Response = WebResponse;

/** A listener for plaintext or TLS. */
interface Listener {
  readonly http: Server;
  /** Reads the certificate again, if there is one. */
  readonly reload: () => void;
  /** Ends the connections that are open. */
  readonly cutOff: () => void;
}

function createPlain(answer: Answer): Listener {
  const http = createServer(limits, answer);
  return { http, reload() {}, cutOff: () => http.closeAllConnections() };
}

/** An HTTP/2 server that accepts HTTP/1.1, because Bun can renew the certificate only of this kind. */
function createSecure(certificate: CertificateFiles, answer: Answer): Listener {
  const options = {
    ...readPem(certificate),
    allowHTTP1: true,
    settings: { maxHeaderListSize: MAX_HEADER_BYTES },
  };
  const http = createSecureServer(options, answer);
  const sockets = new Set<Socket>();
  http.on("secureConnection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A client that breaks off is no failure of the server.
    socket.on("error", () => {});
  });
  return {
    http,
    reload: () => http.setSecureContext(readPem(certificate)),
    cutOff: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function readPem({ certPath, keyPath }: CertificateFiles): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certPath), key: readFileSync(keyPath) };
}

function respond(request: Request, response: Response, options: WebServerOptions): void {
  const { code, body } = answerTo(request, options);
  response.writeHead(code, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? "" : `${body}\n`);
}

function answerTo(
  { method, url }: Request,
  { isReady, grpcPort }: WebServerOptions,
): { readonly code: number; readonly body: string } {
  if (method !== "GET" && method !== "HEAD") return { code: 405, body: "only GET and HEAD" };
  switch (url?.split("?")[0]) {
    case "/":
      return { code: 200, body: `Confab speaks gRPC on port ${grpcPort}. Here are /healthz and /readyz.` };
    case "/healthz":
      return { code: 200, body: "ok" };
    case "/readyz":
      return isReady()
        ? { code: 200, body: "ready" }
        : { code: 503, body: "not ready: the server is shutting down" };
    default:
      return { code: 404, body: "not found" };
  }
}
