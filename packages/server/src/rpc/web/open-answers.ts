import type { WebResponse } from "./listener.ts";

/** The answers that have not yet been sent to their ends. */
export class OpenAnswers {
  readonly #open = new Set<WebResponse>();

  add(response: WebResponse): void {
    this.#open.add(response);
    response.once("close", () => this.#open.delete(response));
  }

  /** Resolves when those that are open now have been sent, or their clients have gone; after `maxMs` at the latest. */
  async sent(maxMs: number): Promise<void> {
    const closed = [...this.#open].map(
      (response) => new Promise<void>((resolve) => response.once("close", resolve)),
    );
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, maxMs);
    await Promise.race([Promise.all(closed), late.promise]);
    clearTimeout(timer);
  }
}
