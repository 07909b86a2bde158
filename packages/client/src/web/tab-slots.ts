import type { StreamSlot, StreamSlots } from "../connection/stream-slots.ts";
import { type HeldLock, takeLock } from "./held-lock.ts";
import type { Page } from "./page.ts";

/** Browsers allow six connections to a host over HTTP/1.1: two are left for the calls of all tabs. */
const MAX_STREAMS = 4;

/**
 * Limits the streams that the tabs of an origin hold to one server. Each stream has one of four locks. A tab that is looked at takes
 * the lock of the one that has been idle for longest: hidden, or else without the focus. An idle tab says so by another lock.
 */
export class TabSlots implements StreamSlots {
  readonly #page: Page;
  readonly #prefix: string;

  /** The URL as `parseServerUrl` returns it. */
  constructor(page: Page, serverUrl: string) {
    this.#page = page;
    this.#prefix = `confab stream ${new URL(serverUrl).host}`;
  }

  async take({ onWait, signal }: Parameters<StreamSlots["take"]>[0]): Promise<StreamSlot> {
    for (;;) {
      signal.throwIfAborted();
      const slot = (await this.#takeFree()) ?? (await this.#takeIdle());
      if (slot) return slot;
      onWait();
      const freed = await this.#waitForFree(signal);
      if (freed) return freed;
    }
  }

  async #takeFree(): Promise<StreamSlot | null> {
    for (const name of this.#names()) {
      const lock = await takeLock(name, { ifAvailable: true });
      if (lock) return this.#slot(name, lock);
    }
    return null;
  }

  /** Takes the slot of the tab that has been idle for longest. */
  async #takeIdle(): Promise<StreamSlot | null> {
    if (!this.#page.isVisible) return null;
    const { held = [] } = await navigator.locks.query();
    const idle = held
      .map(({ name = "", clientId }) => ({ ...this.#parseIdle(name), clientId }))
      .filter(({ slot, clientId }) => held.some((lock) => lock.name === slot && lock.clientId === clientId))
      .filter(({ isHidden }) => isHidden || this.#page.isFocused)
      .sort((a, b) => Number(b.isHidden) - Number(a.isHidden) || a.sinceMs - b.sinceMs);
    const [longest] = idle;
    if (!longest) return null;
    const lock = await takeLock(longest.slot, { steal: true });
    return lock && this.#slot(longest.slot, lock);
  }

  /** Waits for a slot that another tab gives back. Returns null once this tab is looked at, and may take one. */
  async #waitForFree(signal: AbortSignal): Promise<StreamSlot | null> {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    const stopListening = this.#page.onChange(() => this.#page.isVisible && waiting.abort());
    const asking = [...this.#names()].map(async (name) => {
      const lock = await takeLock(name, { signal: either });
      return lock && { name, lock };
    });
    try {
      const first = await Promise.race(asking);
      // Another may have been granted at the same time.
      for (const other of asking) other.then((got) => got !== first && got?.lock.release()).catch(() => {});
      return first && this.#slot(first.name, first.lock);
    } catch {
      signal.throwIfAborted();
      return null;
    } finally {
      stopListening();
      waiting.abort();
      for (const promise of asking) promise.catch(() => {});
    }
  }

  #slot(name: string, lock: HeldLock): StreamSlot {
    const idle = new IdleMark(
      this.#page,
      (isHidden) => `${name} ${isHidden ? "hidden" : "blurred"} ${Date.now()}`,
    );
    lock.lost.addEventListener("abort", () => idle.remove(), { once: true });
    return { taken: lock.lost, release: () => lock.release() };
  }

  #parseIdle(name: string): { readonly slot: string; readonly isHidden: boolean; readonly sinceMs: number } {
    const [, slot = "", kind = "", sinceMs = ""] = /^(.*) (hidden|blurred) (\d+)$/.exec(name) ?? [];
    return {
      slot: slot.startsWith(this.#prefix) ? slot : "",
      isHidden: kind === "hidden",
      sinceMs: Number(sinceMs),
    };
  }

  *#names(): Generator<string> {
    for (let number = 1; number <= MAX_STREAMS; number++) yield `${this.#prefix} ${number}`;
  }
}

/** A lock whose name says since when this tab is idle; none while it has the focus. */
class IdleMark {
  readonly #page: Page;
  readonly #nameOf: (isHidden: boolean) => string;
  readonly #stopListening: () => void;
  #state = "";
  #ending = new AbortController();

  constructor(page: Page, nameOf: (isHidden: boolean) => string) {
    this.#page = page;
    this.#nameOf = nameOf;
    this.#stopListening = page.onChange(() => this.#update());
    this.#update();
  }

  remove(): void {
    this.#stopListening();
    this.#ending.abort();
  }

  #update(): void {
    const { isVisible, isFocused } = this.#page;
    const state = isVisible ? (isFocused ? "focused" : "blurred") : "hidden";
    if (state === this.#state) return;
    this.#state = state;
    this.#ending.abort();
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    if (state === "focused") return;
    const marking = takeLock(this.#nameOf(state === "hidden"), { signal });
    void marking.then(
      (lock) => {
        if (signal.aborted) lock?.release();
        else signal.addEventListener("abort", () => lock?.release(), { once: true });
      },
      () => {},
    );
  }
}
