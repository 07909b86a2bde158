import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import { connectAs, numbers } from "../support/chats.ts";
import { HANG_MS } from "../support/wait.ts";
import { bundle } from "./browser.ts";
import type { Report } from "./firefox-page.ts";
import { PageServer } from "./page-server.ts";

const FIREFOX = "/usr/bin/firefox-esr";
const skip =
  existsSync(FIREFOX) || process.env.CONFAB_TEST_REQUIRE === "all"
    ? false
    : "needs Firefox, which is not on this machine";

test("in Firefox a page sends, receives, and misses nothing over a lost connection", { skip }, async () => {
  await using server = await createTestServer({ seed: { users: { ada: {} } } });
  await using ada = await connectAs(server, "ada");
  const room = await ada.rooms.open("lobby");
  const script = await bundle(join(import.meta.dirname, "firefox-page.js"));
  await using pages = await PageServer.open<Report>(server.webAddress, script);
  const profile = mkdtempSync(join(tmpdir(), "confab-client-test-"));
  const options = ["--headless", "--no-remote", "--profile", profile];
  const firefox = spawn(FIREFOX, [...options, pages.url], {
    stdio: "ignore",
    env: { ...process.env, HOME: profile },
  });
  const exited = once(firefox, "exit");
  try {
    const signal = AbortSignal.timeout(2 * HANG_MS);
    assert.deepEqual((await pages.nextReport(signal)).texts, ["1", "2", "3"]);
    pages.cut();
    for (const text of numbers(20, 4)) await room.send(text);
    await room.send("last");
    const { texts, states } = await pages.nextReport(signal);
    assert.deepEqual(texts, [...numbers(23), "last"]);
    assert.ok(states.includes("reconnecting"), states.join(" "));
  } finally {
    firefox.kill();
    await exited;
    rmSync(profile, { recursive: true, force: true });
  }
});
