import { setTimeout as after } from "node:timers/promises";
import type { RoomChange } from "../../domain/live/changes.ts";
import type { ExpiryStore } from "../../store/port/expiry.ts";
import type { Clock } from "../clock.ts";
import type { Presence } from "../presence/presence.ts";
import type { Publish } from "../publishing.ts";
import type { UserChanges } from "../users/user-changes.ts";

const INTERVAL_MS = 1_000;
/** The most that one transaction ends. Sends wait behind it, so it is short: some 20 ms. */
const STEP = 100;
/** A step that ends much is followed by a pause of this many times its length, so that most sends meet none. */
const PAUSES = 2;
const MAX_PAUSE_MS = 100;

export interface ExpirySweepOptions {
  readonly store: ExpiryStore;
  readonly presence: Pick<Presence, "settle">;
  readonly userChanges: Pick<UserChanges, "changed" | "settle">;
  readonly publish: Publish;
  readonly clock: Clock;
  /** The audit trail keeps the addresses of callers for this long, in milliseconds. */
  readonly auditAddressMs: number;
  /** Gets the error of a sweep that failed. The next one, a second later, tries again. */
  readonly onFailed: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Ends whatever has expired, every second: memberships, mutes, messages with a time to live, messages that rooms no
 * longer keep, suspensions, roles, the keeping of handles that were given up, addresses in the audit trail, and the presence
 * of users who have gone. It also goes on with what is being
 * erased. The rules look at the clock, so an expired thing counts no more from its very millisecond; the sweep makes its end
 * visible, as a change of the room.
 */
export class ExpirySweep implements AsyncDisposable {
  readonly #options: ExpirySweepOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isClosed = false;

  constructor(options: ExpirySweepOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.intervalMs ?? INTERVAL_MS);
    this.#timer.unref();
  }

  /** Ends all that is over by now; resolves when nothing is left. @throws ChatError when the storage fails */
  run(): Promise<void> {
    const { store, presence, userChanges, clock, auditAddressMs } = this.#options;
    const run = async (): Promise<void> => {
      const nowMs = clock();
      await this.#repeat(() => store.endMemberships({ nowMs, limit: STEP }));
      await this.#repeat(() => store.expireMessages({ nowMs, limit: STEP }));
      await this.#repeat(() => store.applyRetention({ nowMs, limit: STEP }));
      await this.#endAccess(nowMs);
      await store.releaseHandles({ nowMs });
      await store.forgetAddresses({ beforeMs: nowMs - auditAddressMs });
      await this.#erase(nowMs);
      await userChanges.settle();
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

  async #endAccess(nowMs: number): Promise<void> {
    while (!this.#isClosed) {
      const ended = await this.#options.store.endAccess({ nowMs, limit: STEP });
      if (ended.length === 0) return;
      for (const userId of ended) this.#options.userChanges.changed(userId);
    }
  }

  async #erase(nowMs: number): Promise<void> {
    while (!this.#isClosed) {
      const pause = pauseAfter();
      const { changes, erased } = await this.#options.store.continueErasures({ nowMs, limit: STEP });
      for (const change of changes) this.#options.publish({ change });
      if (erased === 0) return;
      await pause();
    }
  }

  async #repeat(step: () => Promise<readonly RoomChange[]>): Promise<void> {
    while (!this.#isClosed) {
      const pause = pauseAfter();
      const changes = await step();
      if (changes.length === 0) return;
      for (const change of changes) this.#options.publish({ change });
      await pause();
    }
  }
}

/** Returns the pause that fits what happens until it is called. */
function pauseAfter(): () => Promise<void> {
  const startedAtMs = performance.now();
  return () => after(Math.min(MAX_PAUSE_MS, PAUSES * (performance.now() - startedAtMs)));
}
