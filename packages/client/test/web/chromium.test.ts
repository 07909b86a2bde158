import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import type { Browser } from "playwright-core";
import { connectAs, numbers, roomOf, textsOf } from "../support/chats.ts";
import { untilValue } from "../support/wait.ts";
import { openPage, skipWithoutChromium, startChromium } from "./browser.ts";

const password = "correct horse battery";
const seed = {
  users: { ada: { password }, grace: { password } },
  rooms: { lobby: { owner: "ada", members: { grace: "member" } } },
} as const;

describe("in Chromium", { skip: skipWithoutChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  test("a page signs in, sends and receives, and misses nothing while it is offline", async () => {
    await using server = await createTestServer({ seed });
    await using context = await browser.newContext();
    await using grace = await connectAs(server, "grace");
    const there = roomOf(grace, server.rooms.lobby);
    const page = await openPage(context, server.webAddress);
    assert.equal(await page.run("connect", { handle: "ada", password }), "ada");
    assert.equal(await page.run("status"), "online");
    await page.run("open", "lobby");
    assert.deepEqual(await page.run("send", "1", "2"), [1, 2]);
    await untilValue(there.timeline, ({ items }) => items.length === 2);
    await there.send("3");
    await page.until("texts", (texts) => texts.length === 3);

    await context.setOffline(true);
    await page.until("status", (status) => status === "reconnecting");
    for (const text of numbers(20, 4)) await there.send(text);
    const sending = page.run("send", "24");
    await context.setOffline(false);
    await page.until("status", (status) => status === "online");
    assert.deepEqual(await sending, [24]);
    await page.until("texts", (texts) => texts.length === 24);
    assert.deepEqual(await page.run("texts"), numbers(24));
    await untilValue(there.timeline, ({ items }) => items.length === 24);
    assert.deepEqual(textsOf(there), numbers(24));
    await page.run("close");
  });
});
