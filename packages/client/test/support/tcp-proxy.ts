import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy before a server. A test can break its connections and move its target. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #delayMs: number;
  #target: string;
  #isBlocked = false;
  /** Number of connections that were made through it. */
  connections = 0;
  /** Number of connections that it refused. */
  refused = 0;

  private constructor(target: string, delayMs: number) {
    this.#target = target;
    this.#delayMs = delayMs;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Everything takes `delayMs` milliseconds to either side. */
  static async open(target: string, { delayMs = 0 } = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, delayMs);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  /** Sets the target of new connections; with an empty one they are refused. */
  set target(address: string) {
    this.#target = address;
  }

  /** Breaks all connections and refuses new ones. */
  block(): void {
    this.#isBlocked = true;
    this.cut();
  }

  unblock(): void {
    this.#isBlocked = false;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** Stops all traffic and leaves the connections open. */
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
    if (this.#isBlocked || this.#target === "") {
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
    if (this.#delayMs === 0) near.pipe(far).pipe(near);
    else for (const [from, to] of [pair, [far, near] as const]) this.#pass(from, to);
  }

  #pass(from: Socket, to: Socket): void {
    // Timers of one delay fire in the order in which they were set.
    from.on("data", (bytes: Buffer) => {
      setTimeout(() => {
        if (to.writable) to.write(bytes);
      }, this.#delayMs);
    });
  }
}
