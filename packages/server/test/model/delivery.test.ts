import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { run } from "./run.ts";
import { openTestServer } from "./stage.ts";
import { plans } from "./steps.ts";

test("x", async () => {
  const runs = Number(process.env.CONFAB_MODEL_RUNS ?? 5);
  await fc.assert(
    fc.asyncProperty(plans(Number(process.env.CONFAB_MODEL_STEPS ?? 60)), async ({ readDelayMs, steps }) => {
      await using house = await openTestServer(readDelayMs);
      const t = performance.now();
      assert.deepEqual(await run(house, steps), []);
      if (process.env.TIMES) console.log(steps.length, Math.round(performance.now() - t));
    }),
    { numRuns: runs, ...(process.env.CONFAB_TEST_SEED && { seed: Number(process.env.CONFAB_TEST_SEED) }) },
  );
});
