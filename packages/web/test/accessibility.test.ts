import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { screens } from "./screens/screens.ts";
import { openTeam } from "./screens/team.ts";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const options = { skip: withoutChromium, timeout: 240_000 };

for (const width of [390, 1_440]) {
  test(`axe finds no violation on any screen in light and dark, ${width} px wide`, options, async () => {
    await using team = await openTeam();
    await using browser = await launchChromium();
    // The page's policy refuses scripts from elsewhere, axe's too.
    const looks = { viewport: { width, height: 844 }, bypassCSP: true, reducedMotion: "reduce" } as const;
    const { page } = await openWindow(browser, looks);
    await page.clock.setSystemTime(team.nowMs());
    await page.goto(team.server.webAddress);
    const found: string[] = [];
    for (const [name, open] of Object.entries(screens)) {
      await open(page, width < 700);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const violation of await violationsOn(page)) found.push(`${name}, ${colorScheme}: ${violation}`);
      }
    }
    assert.deepEqual(found, []);
  });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} ${html.slice(0, 200)}`));
}
