const unitMs = { m: 60_000, h: 60 * 60_000, d: 24 * 60 * 60_000 } as const;
const DURATION = /^(\d{1,4})(m|h|d)$/i;

/** Reads a time such as `10m`, `2h` or `7d`, in milliseconds; null if the word is none, or nothing. */
export function durationIn(word: string): number | null {
  const [, digits = "", unit = ""] = DURATION.exec(word) ?? [];
  const units: Readonly<Record<string, number>> = unitMs;
  const ms = Number(digits) * (units[unit.toLowerCase()] ?? 0);
  return ms > 0 ? ms : null;
}
