/** The middle value, which one noisy round does not move. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Rounds to significant digits: the rest of a measured figure is noise. */
export function significant(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
