import { test } from "node:test";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { play } from "./play.ts";
import { moveIn, openTestServer } from "./stage.ts";

const timeout = 600_000;
/** More of them by `CONFAB_TEST_RUNS`, for a night; and again the same ones by `CONFAB_TEST_SEED`. */
const runs = Number(process.env.CONFAB_TEST_RUNS) || 12;
const maxSteps = 120;

test("whatever people do at once, everyone has what they may read, and nothing else", {
  timeout,
}, async () => {
  await play({ runs, maxSteps }, ({ readDelayMs }) => openTestServer(readDelayMs));
});

for (const runtime of runtimes) {
  test(`it is so on ${runtime}, where the server is a process of its own`, { timeout }, async () => {
    await using server = await startServerProcess({ runtime });
    await play({ runs: Math.ceil(runs / 3), maxSteps }, () => moveIn(server));
  });
}
