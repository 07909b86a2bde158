/** A number from 0 to 1. */
export type Random = () => number;

/** Numbers that look random and are the same for the same seed: mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A new seed, or the one that `CONFAB_TEST_SEED` asks for again. */
export function chooseSeed(): number {
  return Number(process.env.CONFAB_TEST_SEED) || Math.floor(Math.random() * 2 ** 31);
}
