import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { HANG_MS } from "../support/wait.ts";
import type { Actions } from "./page.ts";

const CHROMIUM = "/usr/bin/chromium";

/** The `skip` option of tests that need Chromium: false to run them, or why they are skipped. */
export const skipWithoutChromium: string | false =
  existsSync(CHROMIUM) || process.env.CONFAB_TEST_REQUIRE === "all"
    ? false
    : "needs Chromium, which is not on this machine";

/** Bundles a compiled module as the script of a page. */
export async function bundle(file: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, rolldownOptions: { input: file } },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  return output.map((file) => (file.type === "chunk" ? file.code : "")).join("\n");
}

let script: Promise<string> | undefined;

/** A page of a test, with the client in it. */
export interface TestPage {
  readonly page: Page;
  /** Calls an action of `page.ts` in the browser. @throws Error */
  run<Name extends keyof Actions>(
    name: Name,
    ...args: Parameters<Actions[Name]>
  ): Promise<Awaited<ReturnType<Actions[Name]>>>;
  /** Resolves once an action answers this. @throws Error with the answer after a minute */
  until<Name extends keyof Actions>(
    name: Name,
    isSo: (answer: Awaited<ReturnType<Actions[Name]>>) => boolean,
    ...args: Parameters<Actions[Name]>
  ): Promise<void>;
}

/** Starts Chromium. */
export function startChromium(): Promise<Browser> {
  // The pages of the tests seem to come from nowhere, and such may not call this machine.
  const args = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** Opens a page with a script that seems to be the server's own, although the server has none. */
export async function openPage(context: BrowserContext, serverUrl: string, code: string): Promise<Page> {
  const page = await context.newPage();
  const html = "<!doctype html><title>Test</title><body><script type=module src=/test-page.js></script>";
  await page.route(`${serverUrl}/`, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.route(`${serverUrl}/test-page.js`, (route) =>
    route.fulfill({ contentType: "text/javascript", body: code }),
  );
  await page.goto(`${serverUrl}/`);
  return page;
}

/** Opens a page with the actions of `page.ts`. */
export async function openTestPage(context: BrowserContext, serverUrl: string): Promise<TestPage> {
  script ??= bundle(join(import.meta.dirname, "page.js"));
  return testPage(await openPage(context, serverUrl, await script));
}

function testPage(page: Page): TestPage {
  const run: TestPage["run"] = (name, ...args) =>
    page.evaluate(
      ([name, args]) =>
        (globalThis as unknown as { actions: Record<string, (...args: unknown[]) => never> }).actions[name]?.(
          ...args,
        ),
      [name, args] as [string, unknown[]],
    ) as never;
  return {
    page,
    run,
    async until(name, isSo, ...args) {
      const lateAt = Date.now() + HANG_MS;
      for (;;) {
        const answer = await run(name, ...args);
        if (isSo(answer)) return;
        if (Date.now() > lateAt) throw new Error(`${name} did not come: it is ${JSON.stringify(answer)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
