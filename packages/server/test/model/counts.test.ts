import { test } from "node:test";
import { play } from "./play.ts";
import { openTestServer } from "./stage.ts";
import { countedPlans } from "./steps.ts";

const runs = Number(process.env.CONFAB_TEST_RUNS) || 8;

test("messages of whom one blocks or mutes never count, and count right again once one doesn't", {
  timeout: 600_000,
}, async () => {
  const open = ({ readDelayMs }: { readonly readDelayMs: number }) => openTestServer(readDelayMs);
  await play({ runs, maxSteps: 100, plansOf: countedPlans }, open);
});
