import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isAllRequired = process.env.CONFAB_TEST_REQUIRE === "all";

/** The `skip` option of a test that drives a browser. `CONFAB_TEST_REQUIRE=all` demands that none is skipped. */
export const withoutChromium: string | false =
  existsSync(CHROMIUM) || isAllRequired ? false : `needs Chromium, which is not at ${CHROMIUM}`;

/** Starts Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
}

/** A browser's window with what went wrong in it: errors of the page, and what its security policy has refused. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Opens a window that keeps what goes wrong in it. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
  const problems: string[] = [];
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted ?Type/i.test(message.text()))
      problems.push(`policy: ${message.text()}`);
  });
  return { context, page, problems };
}
