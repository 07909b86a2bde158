import { significant } from "./statistics.ts";

/** A promise about a figure, and the measured value. */
export interface Target {
  readonly claim: string;
  readonly bound: "at least" | "at most";
  readonly limit: number;
  readonly measured: number;
  readonly isMet: boolean;
  /** The figures behind a promise; only for promises in the overview. */
  readonly reading?: Reading;
}

/** The figures of a promise, each from the better runtime. */
export interface Reading {
  readonly confab: string;
  /** Empty if the promise is about Confab alone. */
  readonly peer?: string;
  /** Work that Confab does and the peer does not. */
  readonly peerOmits?: string;
}

export function atLeast(limit: number, claim: string, measured: number, reading?: Reading): Target {
  const value = significant(measured);
  return {
    claim,
    bound: "at least",
    limit,
    measured: value,
    isMet: value >= limit,
    ...(reading && { reading }),
  };
}

export function atMost(limit: number, claim: string, measured: number, reading?: Reading): Target {
  const value = significant(measured);
  return {
    claim,
    bound: "at most",
    limit,
    measured: value,
    isMet: value <= limit,
    ...(reading && { reading }),
  };
}

/** The best item by a figure that should be low or high; undefined when no item has the figure. */
export function best<Figure>(
  figures: readonly Figure[],
  want: "lowest" | "highest",
  of: (figure: Figure) => number | null,
): Figure | undefined {
  const sign = want === "lowest" ? 1 : -1;
  return figures
    .filter((figure) => Number.isFinite(of(figure) ?? Number.NaN))
    .sort((a, b) => sign * ((of(a) ?? 0) - (of(b) ?? 0)))[0];
}
