import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A connection between clients and a server that a test can break, and a place where the server may come and go. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #target: string;
  /** How many connections were made through it. */
  connections = 0;
  /** How many it has closed at once. */
  refused = 0;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  /** Where new connections go; empty: they are closed at once. */
  set target(address: string) {
    this.#target = address;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** Nothing passes any more through the connections that are open, though they stay open. */
  freeze(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.on("data", () => {});
      far.on("data", () => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(near: Socket): void {
    near.on("error", () => {});
    if (this.#target === "") {
      near.destroy();
      this.refused++;
      return;
    }
    this.connections++;
    const [host = "", port = ""] = this.#target.split(":");
    const far = connect(Number(port), host);
    far.on("error", () => {});
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.once("close", () => {
        near.destroy();
        far.destroy();
        this.#pairs.delete(pair);
      });
    }
    near.pipe(far).pipe(near);
  }
}
