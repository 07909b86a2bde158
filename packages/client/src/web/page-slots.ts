import type { StreamSlot, StreamSlots } from "../connection/stream-slots.ts";
import { orAborted } from "../waiting.ts";
import type { Page } from "./page.ts";
import { TabSlots } from "./tab-slots.ts";

/**
 * Lets a page have a stream while it is shown: not while the browser keeps it to return to. With HTTP/1.1 the streams of all tabs are
 * limited too. Over TLS it is HTTP/2, where they are not.
 */
export function pageSlots(page: Page, serverUrl: string): StreamSlots {
  const isHttp1 = serverUrl.startsWith("http:");
  if (!isHttp1) return new PageSlots(page, () => !page.isLeft);
  // Web Locks need a secure context: over plain HTTP only this machine is one. Elsewhere only visible tabs have streams.
  if (!globalThis.isSecureContext) return new PageSlots(page, () => !page.isLeft && page.isVisible);
  return new PageSlots(page, () => !page.isLeft, new TabSlots(page, serverUrl));
}

class PageSlots implements StreamSlots {
  readonly #page: Page;
  readonly #mayStream: () => boolean;
  readonly #limit: StreamSlots | undefined;

  constructor(page: Page, mayStream: () => boolean, limit?: StreamSlots) {
    this.#page = page;
    this.#mayStream = mayStream;
    this.#limit = limit;
  }

  async take({ onWait, signal }: Parameters<StreamSlots["take"]>[0]): Promise<StreamSlot> {
    if (!this.#mayStream()) {
      onWait();
      await this.#untilItMay(signal);
    }
    const slot = await this.#limit?.take({ onWait, signal });
    const taken = new AbortController();
    const stopListening = this.#page.onChange(() => this.#mayStream() || taken.abort());
    return {
      taken: slot ? AbortSignal.any([taken.signal, slot.taken]) : taken.signal,
      release() {
        stopListening();
        slot?.release();
      },
    };
  }

  async #untilItMay(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopListening = this.#page.onChange(() => this.#mayStream() && resolve());
    try {
      await orAborted(promise, signal);
    } finally {
      stopListening();
    }
  }
}
