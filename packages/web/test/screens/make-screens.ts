/** `node packages/web/dist-test/screens/make-screens.js [folder] [name…]` takes a picture of each screen, into docs/screens. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launchChromium, openWindow } from "../support/browser.ts";
import { screens } from "./screens.ts";
import { openTeam, type Team } from "./team.ts";

const widths = [
  { width: 390, height: 844 },
  { width: 820, height: 1_180 },
  { width: 1_440, height: 900 },
] as const;
const QUALITY = 82;
const colours = ["light", "dark"] as const;

const [folder = fileURLToPath(new URL("../../../../docs/screens/", import.meta.url)), ...only] =
  process.argv.slice(2);
mkdirSync(folder, { recursive: true });
await using team = await openTeam();
const browser = await launchChromium();
try {
  for (const viewport of widths) {
    for (const colorScheme of colours) await picture(browser, team, { viewport, colorScheme });
  }
} finally {
  await browser.close();
}

interface Look {
  readonly viewport: (typeof widths)[number];
  readonly colorScheme: (typeof colours)[number];
}

async function picture(browser: Browser, team: Team, { viewport, colorScheme }: Look): Promise<void> {
  const isPhone = viewport.width < 700;
  const { context, page, problems } = await openWindow(browser, {
    viewport,
    colorScheme,
    hasTouch: isPhone,
    isMobile: isPhone,
    reducedMotion: "reduce",
  });
  await page.clock.setSystemTime(team.nowMs());
  await page.goto(team.server.webAddress);
  for (const [name, open] of Object.entries(screens)) {
    if (only.length > 0 && !only.includes(name) && name !== "sign-in" && name !== "conversation") continue;
    await open(page, isPhone);
    await settle(page);
    const path = join(folder, `${name}-${viewport.width}-${colorScheme}.webp`);
    if (only.length === 0 || only.includes(name)) writeFileSync(path, await webp(page));
  }
  await context.close();
  for (const problem of problems) process.stdout.write(`${viewport.width} ${colorScheme}: ${problem}\n`);
}

/** Takes a picture in WebP, which is a quarter of the size of PNG. */
async function webp(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await session.detach();
  return Buffer.from(data, "base64");
}

/** Waits until pictures of emoji and chunks of the page are there. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle").catch(() => {});
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
