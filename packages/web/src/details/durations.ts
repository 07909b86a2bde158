const SECOND_MS = 1_000;

/** The units, largest first. */
const units = [
  ["day", 24 * 60 * 60 * SECOND_MS],
  ["hour", 60 * 60 * SECOND_MS],
  ["minute", 60 * SECOND_MS],
  ["second", SECOND_MS],
] as const;

/** Says a duration in the largest unit that fits it exactly: `5 minutes`. */
export function durationWords(durationMs: number): string {
  const [unit, unitMs] = units.find(([, ms]) => durationMs >= ms && durationMs % ms === 0) ?? [
    "second",
    SECOND_MS,
  ];
  const count = Math.round((10 * durationMs) / unitMs) / 10;
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}
