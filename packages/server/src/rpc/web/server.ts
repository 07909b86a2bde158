import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { CertificateFiles } from "../grpc/credentials.ts";
import { listenError } from "../listen-error.ts";
import type { WebCalls } from "./calls/web-calls.ts";
import { hostOf } from "./hosts.ts";
import { createListener, type WebRequest, type WebResponse } from "./listener.ts";
import { OpenAnswers } from "./open-answers.ts";
import { Origins } from "./origins.ts";
import { openPage, type Page } from "./page.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { send } from "./send.ts";

export interface WebServer {
  readonly port: number;
  /** Reads the certificate files again. */
  reload(): void;
  /** Accepts no more connections, and closes those that are open when their answers have been sent, but by `maxMs`. */
  close(maxMs: number): Promise<void>;
}

interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  readonly certificate: CertificateFiles | null;
  /** The origins of other sites whose pages may call. */
  readonly corsOrigins: readonly string[];
  /** The folder of the built page; null where there is none. */
  readonly webRoot: string | null;
  readonly calls: WebCalls;
  /** Returns true while the server accepts calls: load balancers ask at `/readyz`. */
  readonly isReady: () => boolean;
  readonly grpcPort: number;
  readonly log: Logger;
}

/** Serves HTTP clients: the contract's calls, the page, `/healthz` (the process lives), `/readyz` (it accepts calls). */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host, port, certificate, corsOrigins, webRoot } = options;
  const parts = {
    ...options,
    origins: new Origins(corsOrigins),
    page: webRoot === null ? null : openPage(webRoot),
  };
  const answers = new OpenAnswers();
  const listener = createListener(certificate, (request, response) => {
    answers.add(response);
    answer(request, response, parts);
  });
  await new Promise<void>((resolve, reject) => {
    listener.http.once("error", (error: Error) =>
      reject(listenError({ host, port, setting: "CONFAB_WEB_PORT" }, error)),
    );
    listener.http.listen(port, host, resolve);
  });
  return {
    port: (listener.http.address() as AddressInfo).port,
    reload: listener.reload,
    async close(maxMs) {
      const closed = new Promise<void>((resolve) => listener.http.close(() => resolve()));
      await answers.sent(maxMs);
      listener.cutOff();
      await closed;
    },
  };
}

interface Parts extends Pick<WebServerOptions, "certificate" | "calls" | "isReady" | "grpcPort" | "log"> {
  readonly origins: Origins;
  readonly page: Page | null;
}

function answer(request: WebRequest, response: WebResponse, parts: Parts): void {
  const { certificate, calls, origins } = parts;
  const path = pathOf(request);
  setSecurityHeaders(request, response, { isTls: certificate !== null });
  if (path === "/healthz" || path === "/readyz") {
    sendText(request, response, healthOf(request, path, parts));
    return;
  }
  const refusal = refuse(request, path, parts);
  if (refusal) {
    parts.log.debug({ path, code: refusal.code }, "request refused");
    sendText(request, response, refusal);
  } else if (calls.isCall(path)) {
    origins.setHeaders(request, response);
    if (request.method === "OPTIONS") origins.answerPreflight(request, response);
    else calls.answer(request, response);
  } else if (!parts.page?.answer(request, response, path)) {
    sendText(request, response, withoutPage(path, parts));
  }
}

/** A short answer in plain text. */
interface TextAnswer {
  readonly code: number;
  readonly text: string;
}

const isReading = ({ method }: WebRequest): boolean => method === "GET" || method === "HEAD";
const onlyReading: TextAnswer = { code: 405, text: "only GET and HEAD" };

/** Returns the path without its query, which may hold a request. */
function pathOf({ url = "/" }: WebRequest): string {
  const [path = "/"] = url.split("?", 1);
  return path;
}

function healthOf(request: WebRequest, path: "/healthz" | "/readyz", { isReady }: Parts): TextAnswer {
  if (!isReading(request)) return onlyReading;
  if (path === "/healthz") return { code: 200, text: "ok" };
  return isReady()
    ? { code: 200, text: "ready" }
    : { code: 503, text: "not ready: the server is shutting down" };
}

/** Returns the refusal of a request that may not be answered, whatever it asks for. */
function refuse(
  request: WebRequest,
  path: string,
  { certificate, calls, origins }: Parts,
): TextAnswer | null {
  // With TLS the certificate proves the name.
  if (!certificate && origins.isMisnamed(request)) {
    const text = `${JSON.stringify(hostOf(request))} is not a known name of this server: add its origin, for example https://chat.example.com, to CONFAB_CORS_ORIGINS`;
    return { code: 421, text };
  }
  if (!calls.isCall(path)) return isReading(request) ? null : onlyReading;
  if (isReading(request) || request.method === "OPTIONS" || !origins.isForeign(request)) return null;
  const text = "the page that calls is of another site: add its origin to CONFAB_CORS_ORIGINS";
  return { code: 403, text };
}

function withoutPage(path: string, { page, grpcPort }: Parts): TextAnswer {
  if (page || path !== "/") return { code: 404, text: "not found" };
  return { code: 200, text: `Confab speaks gRPC on port ${grpcPort}. Here are /healthz and /readyz.` };
}

function sendText(request: WebRequest, response: WebResponse, { code, text }: TextAnswer): void {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    ...(code === 405 && { allow: "GET, HEAD" }),
  };
  send(request, response, { code, headers, body: `${text}\n` });
}
