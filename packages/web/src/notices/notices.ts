import { Store } from "../store.ts";
import { errorWords } from "../text/error-words.ts";

/** The answer to something that the user did. */
export interface Notice {
  readonly id: number;
  readonly kind: "done" | "error";
  readonly words: string;
}

const MAX_SHOWN = 3;
const SHOWN_MS = { done: 4_000, error: 8_000 } as const;

/** The notices that are shown, oldest first. */
export const notices = new Store<readonly Notice[]>([]);
let lastId = 0;

/** Tells the user something; it goes away by itself. */
export function say(words: string, kind: Notice["kind"] = "done"): void {
  const id = ++lastId;
  notices.set([...notices.get(), { id, kind, words }].slice(-MAX_SHOWN));
  setTimeout(() => dismiss(id), SHOWN_MS[kind]);
}

/** Tells the user why something failed. */
export function sayError(error: unknown): void {
  say(errorWords(error), "error");
}

/** Takes a notice away. */
export function dismiss(id: number): void {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}
