import type { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { asConfabError, ConfabError, closedError } from "../errors.ts";
import { Source } from "../observable.ts";
import { isSessionOver, type Session } from "../session/session.ts";
import type { Command, Transport } from "../transport/port.ts";
import { Bell, delay, orAborted } from "../waiting.ts";
import { backoffMs } from "./backoff.ts";
import type { ConnectionState } from "./state.ts";
import { connectionLost, type FrameHandler, Stream, type StreamEnd } from "./stream.ts";

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly transport: Transport;
  readonly session: Session;
  readonly environment: Environment;
  readonly clientName: string;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Whether the first attempt may fail. */
  readonly waitsForServer: boolean;
  /** Ends the connection, and is ended when there is no way on. */
  readonly closing: AbortController;
}

/** Keeps a stream open: opens another, after some time, whenever one has ended. */
export class Connection {
  readonly state: Source<ConnectionState>;
  readonly #options: ConnectionOptions;
  readonly #closing: AbortController;
  readonly #readyOrClosed = new Bell();
  #state: ConnectionState = { status: "connecting" };
  #stream: Stream | null = null;
  #running: Promise<void> | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#closing = options.closing;
    this.state = new Source(() => this.#state);
  }

  /** Opens the first stream and resolves once it is ready. @throws ConfabError when there is none, and none will be */
  async start(handler: FrameHandler): Promise<void> {
    this.#running = this.#run(handler);
    await this.#readyOrClosed.rung;
    if (this.#state.status === "closed") throw this.#state.error ?? closedError();
  }

  /** Whether commands would reach the server now. */
  get isOnline(): boolean {
    return this.#stream?.isReady ?? false;
  }

  /** Resolves when commands would reach the server. @throws ConfabError when they never will; the signal's reason */
  async online(signal?: AbortSignal): Promise<void> {
    while (!this.isOnline) {
      if (this.#state.status === "closed") throw this.#state.error ?? closedError();
      await orAborted(this.#readyOrClosed.rung, signal);
    }
  }

  /** Sends a command and resolves with its answer. @throws ConfabError; UnavailableError when the connection is lost */
  async ask(command: Command): Promise<v1.CommandResult["result"]> {
    if (!this.#stream?.isReady) throw connectionLost();
    return this.#stream.commands.ask(command);
  }

  /** Sends a command that needs no answer, if there is someone to take it. */
  tell(command: Command): void {
    if (this.#stream?.isReady) this.#stream.commands.tell(command);
  }

  /** Ends the stream and opens no more. */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    await this.#running;
  }

  async #run(handler: FrameHandler): Promise<void> {
    try {
      await this.#keepOpen(handler);
    } catch (thrown) {
      const error = this.#closing.signal.aborted ? null : asConfabError(thrown);
      this.#become({ status: "closed", ...(error && { error }) });
      this.#closing.abort(error ?? closedError());
      handler.onEnd(error ?? closedError());
      this.#readyOrClosed.ring();
    }
  }

  /** @throws what leaves no way on; when closing, anything */
  async #keepOpen(handler: FrameHandler): Promise<never> {
    let attempt = 0;
    for (let isFirst = true; ; isFirst = false) {
      const beganAt = performance.now();
      const { wasReady, error, drainMs } = await this.#attempt(handler);
      const livedMs = performance.now() - beganAt;
      this.#closing.signal.throwIfAborted();
      const failure: unknown = error ?? connectionLost();
      // Anything else than an error of the client's is a bug, which trying again would only hide.
      if (!(failure instanceof ConfabError)) throw failure;
      if (isSessionOver(failure)) throw failure;
      if (isFirst && !wasReady && !this.#options.waitsForServer) throw failure;
      if (wasReady) attempt = 0;
      // As the server had asked; unless it sends everyone away at once.
      if (error === null && wasReady && drainMs === 0 && livedMs >= this.#options.minDelayMs) continue;
      attempt++;
      const waitMs = Math.max(this.#backoffMs(attempt), failure.retryAfterMs ?? 0, drainMs);
      const retryAtMs = this.#options.environment.nowMs() + waitMs;
      this.#become({ status: "reconnecting", attempt, retryAtMs, error: failure });
      await delay(waitMs, this.#closing.signal);
    }
  }

  /** One stream, from its hello to its end. */
  async #attempt(handler: FrameHandler): Promise<StreamEnd & { readonly drainMs: number }> {
    const { session, transport, clientName } = this.#options;
    const cancelling = new AbortController();
    const signal = AbortSignal.any([cancelling.signal, this.#closing.signal]);
    let accessToken = "";
    try {
      accessToken = await orAborted(session.accessToken(), signal);
      const hello = { rooms: [...handler.onHello()], clientName };
      const opened = transport.connect(hello, { accessToken, signal });
      const stream = new Stream(
        opened,
        {
          onFrame: (frame) => handler.onFrame(frame),
          onReady: () => {
            this.#become({ status: "online" });
            handler.onReady();
            this.#readyOrClosed.ring();
          },
        },
        (why) => {
          if (why === "silent") transport.reset();
          cancelling.abort(connectionLost());
        },
      );
      this.#stream = stream;
      const end = await stream.run();
      session.renew(accessToken, end.error);
      return { ...end, drainMs: stream.drainMs };
    } catch (error) {
      return { wasReady: false, error, drainMs: 0 };
    } finally {
      this.#stream = null;
      cancelling.abort(connectionLost());
    }
  }

  #backoffMs(attempt: number): number {
    const { minDelayMs, maxDelayMs, environment } = this.#options;
    return backoffMs(attempt, { minDelayMs, maxDelayMs, random: environment.random });
  }

  #become(state: ConnectionState): void {
    if (this.#state.status === "online" && state.status === "online") return;
    this.#state = state;
    this.state.changed();
  }
}
