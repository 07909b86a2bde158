import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Tmux } from "./tmux.ts";
import { waitFor } from "./wait-for.ts";

const folder = new URL("../../test/screens/", import.meta.url);
const SETTLED_MS = 1_000;

/**
 * Waits until a screen is the one kept in `test/screens`; where `CONFAB_TEST_UPDATE` is `true`, keeps what it settles at.
 * Times of day and ports are the same in all of them; `mask` makes the same what else is left to chance.
 *
 * @throws AssertionError with the difference, when the screen stays another
 */
export async function matchScreen(
  tmux: Tmux,
  name: string,
  mask: (screen: string) => string = (screen) => screen,
): Promise<void> {
  const path = fileURLToPath(new URL(`${name}.txt`, folder));
  const capture = async (): Promise<string> => `${mask(maskScreen(await tmux.capture()))}\n`;
  if (process.env.CONFAB_TEST_UPDATE === "true") writeFileSync(path, await settled(capture));
  const kept = readFileSync(path, "utf8");
  let shown = "";
  const isSame = async (): Promise<boolean> => {
    shown = await capture();
    return shown === kept;
  };
  await waitFor(isSame, (same) => same, name).catch(() => {});
  assert.equal(shown, kept, `the screen ${name} is another; CONFAB_TEST_UPDATE=true keeps it`);
}

async function settled(capture: () => Promise<string>): Promise<string> {
  for (;;) {
    const before = await capture();
    await delay(SETTLED_MS);
    if ((await capture()) === before) return before;
  }
}

function maskScreen(screen: string): string {
  return screen
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\[\d\d:\d\d\]/g, "[12:00]")
    .replace(/127\.0\.0\.1:\d{5}/g, "127.0.0.1:50051");
}
