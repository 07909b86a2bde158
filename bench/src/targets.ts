import { significant } from "./statistics.ts";

/** Something that was promised of a figure, and what was measured. */
export interface Target {
  readonly claim: string;
  readonly bound: "at least" | "at most";
  readonly limit: number;
  readonly measured: number;
  readonly isMet: boolean;
  /** Of the promises that the overview lists: the figures behind it. */
  readonly reading?: Reading;
}

/** The figures that a promise is about, each of the better runtime. */
export interface Reading {
  readonly confab: string;
  /** Empty where the promise is about Confab alone. */
  readonly peer?: string;
  /** What Confab does and the peer does not. */
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

/** The best by a figure that should be low or high; undefined when none has it. */
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
