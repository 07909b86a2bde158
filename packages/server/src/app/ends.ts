import type { BusEvent } from "../bus/port.ts";
import type { RoomChange } from "../domain/changes.ts";
import type { EndStore } from "../store/port/ends.ts";
import type { Clock } from "./clock.ts";
import type { Presence } from "./presence.ts";

const INTERVAL_MS = 1_000;
/** How much one transaction ends, so that sends need not wait long behind it. */
const STEP = 500;

export interface EndsOptions {
  readonly store: EndStore;
  readonly presence: Pick<Presence, "settle">;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly clock: Clock;
  /** Told of what could not be ended now, and will be tried again a second later. */
  readonly onFailed: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Ends what ends by itself, every second: memberships, mutes, messages with a time to live, what rooms no longer
 * keep, and the presence of those who have gone. Rules look at the clock, so what is over counts no more from its
 * very millisecond; this makes it visible, as a change of the room.
 */
export class Ends implements AsyncDisposable {
  readonly #options: EndsOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isClosed = false;

  constructor(options: EndsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.intervalMs ?? INTERVAL_MS);
    this.#timer.unref();
  }

  /** Ends all that is over by now; resolves when nothing is left. @throws ChatError when the storage fails */
  run(): Promise<void> {
    const { store, presence, clock } = this.#options;
    const run = async (): Promise<void> => {
      const nowMs = clock();
      await this.#repeat(() => store.endMemberships({ nowMs, limit: STEP }));
      await this.#repeat(() => store.expireMessages({ nowMs, limit: STEP }));
      await this.#repeat(() => store.applyRetention({ nowMs, limit: STEP }));
      await presence.settle();
    };
    const next = this.#running.then(run);
    this.#running = next.catch(() => {});
    return next;
  }

  /** Stops, after the step that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  #tick(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.run()
      .catch((error: unknown) => this.#options.onFailed(error))
      .finally(() => {
        this.#isRunning = false;
      });
  }

  async #repeat(step: () => Promise<readonly RoomChange[]>): Promise<void> {
    while (!this.#isClosed) {
      const changes = await step();
      if (changes.length === 0) return;
      for (const change of changes) this.#options.publish({ change });
    }
  }
}
