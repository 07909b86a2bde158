/** Sent texts, for the arrow keys. After the newest one comes the draft. */
export interface InputHistory {
  readonly entries: readonly string[];
  /** Index of the shown entry; `entries.length` is the draft. */
  readonly position: number;
  readonly draft: string;
}

export const emptyHistory: InputHistory = { entries: [], position: 0, draft: "" };

const MAX_ENTRIES = 200;

/** Adds a sent text; skips it if it repeats the last one. */
export function remember({ entries }: InputHistory, text: string): InputHistory {
  const kept = entries.at(-1) === text ? entries : [...entries, text].slice(-MAX_ENTRIES);
  return { entries: kept, position: kept.length, draft: "" };
}

/** Moves to the entry before the shown one, or after it; null if there is none. */
export function recall(
  { entries, position, draft }: InputHistory,
  direction: "older" | "newer",
  shown: string,
): { history: InputHistory; text: string } | null {
  const next = position + (direction === "older" ? -1 : 1);
  if (next < 0 || next > entries.length) return null;
  const kept = position === entries.length ? shown : draft;
  return { history: { entries, position: next, draft: kept }, text: entries[next] ?? kept };
}
