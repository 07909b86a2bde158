import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";
import { waitFor } from "./support/wait-for.ts";

const password = "correct horse battery";
const MESSAGES = 10_000;
const PAGES = 40;
/** It takes about a minute; only what hangs fails by this. */
const LOAD_LIMIT_MS = 600_000;
/** A page costs about 40 ms. The processor's time counts: what else the machine does costs it none. */
const MAX_PAGE_CPU_MS = 500;

test("in 10,000 messages a key is answered at once", async (context) => {
  const messages = Array.from({ length: MESSAGES }, (_, index) => ({
    from: "ada" as const,
    text: `message ${index + 1} ${"and more of it ".repeat(index % 9)}`,
  }));
  await using server = await createTestServer({
    seed: { users: { ada: { password } }, rooms: { log: { owner: "ada", messages } } },
  });
  await using ada = new FakeTerminal({
    ...{ address: server.address, user: "ada", env: { CONFAB_PASSWORD: password } },
    ...{ historyLength: MESSAGES, columns: 120, rows: 50 },
  });
  await ada.shows(`message ${MESSAGES} `);
  const toFirstLoaded = (): string => {
    ada.press("\u001b[1;5H");
    return ada.screen.text;
  };
  await waitFor(toFirstLoaded, (text) => text.includes("beginning of log"), "loading all", LOAD_LIMIT_MS);

  const start = process.cpuUsage();
  for (let page = 0; page < PAGES; page++) {
    const before = ada.screen.text;
    ada.press("\u001b[6~");
    await ada.changes(before);
  }
  const { user, system } = process.cpuUsage(start);
  const pageMs = (user + system) / 1_000 / PAGES;
  context.diagnostic(`a page of 10,000 messages takes ${Math.round(pageMs)} ms of the processor`);
  assert.ok(pageMs < MAX_PAGE_CPU_MS, `it took ${pageMs} ms`);
  ada.press("\u001b[1;5F");
  await ada.shows(`message ${MESSAGES} `);
});
