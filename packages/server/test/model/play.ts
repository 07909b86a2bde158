import assert from "node:assert/strict";
import fc from "fast-check";
import { run } from "./run.ts";
import type { House } from "./stage.ts";
import { type Plan, plans } from "./steps.ts";

/** No more plans are tried after that, nor smaller ones once one has failed. */
const MAX_PLAY_MS = 90_000;

export interface Play {
  readonly runs: number;
  readonly maxSteps: number;
  /** Default: plans of all kinds. */
  readonly plansOf?: typeof plans;
  /** Plays the same plans again. Default: the seed that `CONFAB_TEST_SEED` gives, or a new one. */
  readonly seed?: number;
}

/**
 * Plays random plans, each in a house of its own, and compares the outcome with the model.
 *
 * @throws Error with the smallest plan that has failed and its seed
 */
export async function play(
  { runs, maxSteps, plansOf = plans, seed = Number(process.env.CONFAB_TEST_SEED) }: Play,
  open: (plan: Plan) => Promise<House>,
): Promise<void> {
  const property = fc.asyncProperty(plansOf(maxSteps), async (plan) => {
    await using house = await open(plan);
    assert.deepEqual(await run(house, plan.steps), []);
  });
  await fc.assert(property, {
    numRuns: runs,
    interruptAfterTimeLimit: MAX_PLAY_MS,
    ...(seed > 0 && { seed }),
  });
}
