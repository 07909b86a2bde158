/** What was sent from here, for the arrow keys; the line that was being written comes back at the end. */
export interface InputHistory {
  readonly entries: readonly string[];
  /** Which entry is shown; `entries.length` is the draft. */
  readonly position: number;
  readonly draft: string;
}

export const emptyHistory: InputHistory = { entries: [], position: 0, draft: "" };

const MAX_ENTRIES = 200;

/** Remembers what was sent, the same twice in a row only once. */
export function remember({ entries }: InputHistory, text: string): InputHistory {
  const kept = entries.at(-1) === text ? entries : [...entries, text].slice(-MAX_ENTRIES);
  return { entries: kept, position: kept.length, draft: "" };
}

/** The entry before the one shown, or after it; null where there is none. */
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
