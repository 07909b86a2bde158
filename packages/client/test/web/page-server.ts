import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";

const HTML = "<!doctype html><title>Test</title><script type=module src=/test-page.js></script>";

/** Serves a page with a script, passes its calls on to a server, and keeps what it reports. */
export class PageServer<Report> implements AsyncDisposable {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #script: string;
  readonly #target: string;
  readonly #sockets = new Set<Socket>();
  readonly #reports: Report[] = [];
  #onReport: () => void = () => {};

  private constructor(target: string, script: string) {
    this.#target = target;
    this.#script = script;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async open<Report>(target: string, script: string): Promise<PageServer<Report>> {
    const server = new PageServer<Report>(target, script);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Resolves with the next report. */
  async nextReport(signal: AbortSignal): Promise<Report> {
    for (;;) {
      const report = this.#reports.shift();
      if (report) return report;
      await new Promise<void>((resolve, reject) => {
        this.#onReport = resolve;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url) {
      case "/":
        response.setHeader("content-type", "text/html").end(HTML);
        return;
      case "/test-page.js":
        response.setHeader("content-type", "text/javascript").end(this.#script);
        return;
      case "/report":
        this.#reports.push(JSON.parse(await text(request)));
        response.end();
        this.#onReport();
        return;
      default:
        this.#forward(request, response);
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { method, headers, url } = request;
    const forwarded = forward(`${this.#target}${url}`, { method: method ?? "GET", headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  }
}
