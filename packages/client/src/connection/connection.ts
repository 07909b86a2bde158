import type { v1 } from "@confab/protocol";
import type { Environment } from "../environment.ts";
import { asConfabError, ConfabError, closedError, isBreach } from "../errors.ts";
import { Source } from "../observable.ts";
import type { Session } from "../sessions/session.ts";
import type { Command, Transport } from "../transport/port.ts";
import { delay, Notifier, orAborted } from "../waiting.ts";
import { backoffMs } from "./backoff.ts";
import type { SentCommand } from "./commands.ts";
import type { ConnectionState } from "./state.ts";
import { connectionLost, type FrameHandler, Stream, type StreamEnd } from "./stream.ts";
import type { StreamSlot } from "./stream-slots.ts";

interface ConnectionOptions {
  readonly transport: Transport;
  readonly session: Session;
  readonly environment: Environment;
  readonly clientName: string;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** True: a failure of the first attempt is retried too. */
  readonly waitsForServer: boolean;
  /** Ends the connection; the connection aborts it itself after a final error. */
  readonly closing: AbortController;
}

interface AttemptEnd extends StreamEnd {
  readonly drainMs: number;
  /** True if another program has taken the slot: the next attempt waits for one. */
  readonly isTaken: boolean;
}

/** Keeps a stream open: after each end it opens another, with backoff. */
export class Connection {
  readonly state: Source<ConnectionState>;
  readonly #options: ConnectionOptions;
  readonly #closing: AbortController;
  readonly #readyOrClosed = new Notifier();
  #state: ConnectionState = { status: "connecting" };
  #stream: Stream | null = null;
  #running: Promise<void> | null = null;
  /** True once a stream was ready, or may not be open yet: from then on failures are retried. */
  #hasStarted = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#closing = options.closing;
    this.state = new Source(() => this.#state);
  }

  /** Opens the first stream and resolves once it is ready, or paused. @throws ConfabError when the connection is closed instead */
  async start(handler: FrameHandler): Promise<void> {
    this.#running = this.#run(handler);
    await this.#readyOrClosed.next;
    if (this.#state.status === "closed") throw this.#state.error ?? closedError();
  }

  /** True while commands can be sent. */
  get isOnline(): boolean {
    return this.#stream?.isReady ?? false;
  }

  /** Resolves once commands can be sent. @throws ConfabError when the connection is closed; the signal's reason */
  async online(signal?: AbortSignal): Promise<void> {
    while (!this.isOnline) {
      if (this.#state.status === "closed") throw this.#state.error ?? closedError();
      await orAborted(this.#readyOrClosed.next, signal);
    }
  }

  /** Sends a command and resolves with its answer. @throws ConfabError; UnavailableError when the connection is lost */
  async request(command: Command): Promise<v1.CommandResult["result"]> {
    return this.send(command).result;
  }

  /** Sends a command, after another on the same stream if one is named. @throws UnavailableError without a connection */
  send(command: Command, afterCommandId?: string): SentCommand {
    if (!this.#stream?.isReady) throw connectionLost();
    return this.#stream.commands.send(command, afterCommandId);
  }

  /** Sends a command without an answer; does nothing while offline. */
  notify(command: Command): void {
    if (this.#stream?.isReady) this.#stream.commands.notify(command);
  }

  /** Ends the stream for good. */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    await this.#running;
  }

  async #run(handler: FrameHandler): Promise<void> {
    try {
      await this.#keepOpen(handler);
    } catch (thrown) {
      const error = this.#closing.signal.aborted ? null : asConfabError(thrown);
      this.#setState({ status: "closed", ...(error && { error }) });
      this.#closing.abort(error ?? closedError());
      handler.onEnd(error ?? closedError());
      this.#readyOrClosed.notify();
    }
  }

  /** Reopens streams until a final error. @throws that error; anything while closing */
  async #keepOpen(handler: FrameHandler): Promise<never> {
    const { session, environment } = this.#options;
    let attempt = 0;
    let isFresh = false;
    for (;;) {
      const beganAt = performance.now();
      const { wasReady, error, drainMs, isTaken } = await this.#attempt(handler, isFresh);
      const livedMs = performance.now() - beganAt;
      this.#closing.signal.throwIfAborted();
      const failure: unknown = error ?? connectionLost();
      // Any other error is a bug, which a retry would only hide.
      if (!(failure instanceof ConfabError)) throw failure;
      if (session.isOver(failure)) throw failure;
      if (isTaken) continue;
      if (!this.#hasStarted && !this.#options.waitsForServer) throw failure;
      if (wasReady) isFresh = false;
      else if (failure.reason === "TOO_MANY_IDS") isFresh = true;
      if (wasReady && !isBreach(failure)) attempt = 0;
      // The server asked for a new stream. A short-lived one is backed off from, in case it asks again and again.
      if (error === null && wasReady && drainMs === 0 && livedMs >= this.#options.minDelayMs) continue;
      attempt++;
      const waitMs = Math.max(this.#backoffMs(attempt), failure.retryAfterMs ?? 0, drainMs);
      const retryAtMs = environment.nowMs() + waitMs;
      this.#setState({ status: "reconnecting", attempt, retryAtMs, error: failure });
      await this.#wait(waitMs);
    }
  }

  /** Runs one stream from its hello to its end, once it may be open. */
  async #attempt(handler: FrameHandler, isFresh: boolean): Promise<AttemptEnd> {
    const { session, transport, clientName, environment } = this.#options;
    const cancelling = new AbortController();
    const cancel = (): void => cancelling.abort(connectionLost());
    const signal = AbortSignal.any([cancelling.signal, this.#closing.signal, session.ended]);
    let accessToken = "";
    let slot: StreamSlot | undefined;
    let stopListening: (() => void) | undefined;
    try {
      slot = await this.#slot(signal);
      slot?.taken.addEventListener("abort", cancel);
      stopListening = environment.network?.subscribe((sign) => sign === "gone" && cancel());
      accessToken = await orAborted(session.accessToken(), signal);
      const hello = { rooms: [...handler.onHello(isFresh)], clientName };
      const opened = transport.connect(hello, {
        accessToken,
        actAs: session.actAs,
        signal,
        call: (method, request, options) => session.call(method, request, options),
      });
      const stream = new Stream(opened, this.#handlerOf(handler), (why) => {
        if (why === "silent") transport.reset();
        cancel();
      });
      this.#stream = stream;
      const end = await stream.run();
      session.renew(accessToken, end.error);
      return { ...end, drainMs: stream.drainMs, isTaken: isTaken() };
    } catch (error) {
      return { wasReady: false, error, drainMs: 0, isTaken: isTaken() };
    } finally {
      this.#stream = null;
      stopListening?.();
      cancel();
      slot?.release();
    }

    function isTaken(): boolean {
      return slot?.taken.aborted ?? false;
    }
  }

  #handlerOf(handler: FrameHandler): Pick<FrameHandler, "onFrame" | "onReady"> {
    return {
      onFrame: (frame) => handler.onFrame(frame),
      onReady: () => {
        this.#setState({ status: "online" });
        handler.onReady();
        this.#started();
      },
    };
  }

  /** Waits until a stream may be open. @throws the signal's reason when it aborts */
  async #slot(signal: AbortSignal): Promise<StreamSlot | undefined> {
    let hasWaited = false;
    const onWait = (): void => {
      hasWaited = true;
      this.#setState({ status: "paused" });
      this.#started();
    };
    const slot = await this.#options.environment.streamSlots?.take({ onWait, signal });
    if (hasWaited) this.#setState({ status: "connecting" });
    return slot;
  }

  #started(): void {
    this.#hasStarted = true;
    this.#readyOrClosed.notify();
  }

  /** Waits for the next attempt; the network's return ends the wait. */
  async #wait(ms: number): Promise<void> {
    const { network } = this.#options.environment;
    const returned = new AbortController();
    const stopListening = network?.subscribe((sign) => sign === "back" && returned.abort());
    try {
      await delay(ms, AbortSignal.any([returned.signal, this.#closing.signal, this.#options.session.ended]));
    } catch {
      this.#closing.signal.throwIfAborted();
    } finally {
      stopListening?.();
    }
  }

  #backoffMs(attempt: number): number {
    const { minDelayMs, maxDelayMs, environment } = this.#options;
    return backoffMs(attempt, { minDelayMs, maxDelayMs, random: environment.random });
  }

  #setState(state: ConnectionState): void {
    if (this.#state.status === "online" && state.status === "online") return;
    this.#state = state;
    this.state.changed();
  }
}
