import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createTestServer } from "@confab/server/testing";
import { build, preview } from "vite";
import { connectAs } from "../support/chats.ts";
import { untilValue } from "../support/wait.ts";
import { skipWithoutChromium, startChromium } from "./browser.ts";

const example = fileURLToPath(new URL("../../../../examples/web/", import.meta.url));
const require = createRequire(import.meta.url);

test("the template has no wrong types", () => {
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", example], { stdio: "inherit" });
});

test("the template builds, and its page lets a guest in to read and write", {
  skip: skipWithoutChromium,
}, async () => {
  await using server = await createTestServer({ seed: { users: { ada: { displayName: "Ada" } } } });
  process.env.CONFAB_URL = server.webAddress;
  const outDir = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  const options = { root: example, logLevel: "error", build: { outDir, emptyOutDir: true } } as const;
  await build(options);
  const files = await preview({ ...options, preview: { host: "127.0.0.1", port: 0 } });
  const browser = await startChromium();
  try {
    const page = await browser.newPage();
    await page.goto(files.resolvedUrls?.local[0] ?? "");
    await page.getByLabel("Your name").fill("Linus");
    await page.getByRole("button").click();
    await page.getByRole("status").getByText("online").waitFor();
    await page.getByLabel("Message").fill("Hello from a page");
    await page.getByLabel("Message").press("Enter");
    await using ada = await connectAs(server, "ada");
    const room = await ada.rooms.open("lobby");
    await untilValue(room.timeline, ({ items }) => items.at(-1)?.text === "Hello from a page");
    await room.send("Welcome");
    await page.getByText("Ada Welcome").waitFor();
    assert.equal(await page.locator("main p.sent").count(), 2);
  } finally {
    await browser.close();
    await files.close();
    rmSync(outDir, { recursive: true });
  }
});
