import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { connect } from "node:http2";
import { request as requestHttps } from "node:https";
import { HANG_MS } from "./wait.ts";

/** The ways to the HTTP port: plaintext, and TLS with each version of HTTP. */
export const ways = ["http", "https", "http2"] as const;
export type Way = (typeof ways)[number];

export interface WebRequestOptions {
  readonly way?: Way;
  readonly method?: string;
  /** `host` may be any, and is `localhost` by default. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends a request to the HTTP port of 127.0.0.1, just as it is: `fetch` sets headers of its own. */
export function askWeb(port: number, path: string, options: WebRequestOptions = {}): Promise<WebAnswer> {
  return options.way === "http2" ? askHttp2(port, path, options) : askHttp1(port, path, options);
}

/** Sends a unary call in JSON. */
export function callWeb(
  port: number,
  method: string,
  request: object,
  { headers, ...options }: Omit<WebRequestOptions, "body" | "method"> = {},
): Promise<WebAnswer> {
  return askWeb(port, `/confab.v1.${method}`, {
    ...options,
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(request),
  });
}

function askHttp1(
  port: number,
  path: string,
  { way = "http", method = "GET", headers = {}, body = "" }: WebRequestOptions,
): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    const send = way === "https" ? requestHttps : requestHttp;
    const request = send({
      host: "127.0.0.1",
      ...{ port, path, method, agent: false, rejectUnauthorized: false, timeout: HANG_MS },
      headers: { host: `localhost:${port}`, ...headers },
    });
    request.on("timeout", () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on("error", reject);
    request.on("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
      });
    });
    request.end(body);
  });
}

function askHttp2(
  port: number,
  path: string,
  { method = "GET", headers: { host = `localhost:${port}`, ...headers } = {}, body }: WebRequestOptions,
): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    session.on("error", reject);
    const stream = session.request(
      { ":method": method, ":path": path, ":authority": host, ...headers },
      { endStream: body === undefined },
    );
    const pieces: Buffer[] = [];
    let answered: IncomingHttpHeaders = {};
    stream.setTimeout(HANG_MS, () => stream.close());
    stream.on("response", (received) => {
      answered = received as IncomingHttpHeaders;
    });
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("error", reject);
    stream.on("end", () => {
      session.close();
      resolve({ status: Number(answered[":status"]), headers: answered, body: Buffer.concat(pieces) });
    });
    if (body !== undefined) stream.end(body);
  });
}
