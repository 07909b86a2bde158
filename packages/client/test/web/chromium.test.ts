import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import type { Browser, BrowserContext } from "playwright-core";
import { connectAs, numbers, roomOf, textsOf } from "../support/chats.ts";
import { HANG_MS, untilValue } from "../support/wait.ts";
import { openTestPage, skipWithoutChromium, startChromium, type TestPage } from "./browser.ts";
import { makeCertificate } from "./certificate.ts";

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
    const page = await openTestPage(context, server.webAddress);
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

  test("of seven tabs over HTTP/1.1 four have a stream, and the calls of all are answered", async () => {
    await using server = await createTestServer({ seed });
    await using context = await browser.newContext();
    const tabs = await openTabs(context, server.webAddress);
    assert.deepEqual(await statuses(tabs), [...fill(4, "online"), ...fill(3, "paused")]);
    await assertAnswered(tabs);

    const [first, second, third, , , sixth, last] = tabs;
    assert.ok(first && second && third && sixth && last);
    await setVisible(sixth, false);
    await setVisible(last, false);
    await setVisible(third, false);
    await setVisible(second, false);
    await setVisible(last, true);
    await last.until("status", (status) => status === "online");
    await third.until("status", (status) => status === "paused");
    assert.equal(await second.run("status"), "online", "it has been hidden for less long");
    await first.run("open", "lobby");
    await first.run("send", "to all");
    await last.run("open", "lobby");
    await last.until("texts", (texts) => texts.includes("to all"));

    await first.page.close();
    const waiting = tabs.slice(1).filter((tab) => tab !== last);
    await untilCount(waiting, "online", 3);
    await setVisible(third, true);
    await third.until("status", (status) => status === "online");
    await third.run("open", "lobby");
    await third.until("texts", (texts) => texts.includes("to all"));
  });

  test("over TLS all of seven tabs have a stream", async () => {
    using certificate = makeCertificate();
    await using server = await createTestServer({ seed, settings: certificate.settings });
    const serverUrl = server.webAddress.replace("http:", "https:");
    await using context = await browser.newContext({ ignoreHTTPSErrors: true });
    const tabs = await openTabs(context, serverUrl);
    assert.deepEqual(await statuses(tabs), fill(7, "online"));
    await assertAnswered(tabs);
    for (const tab of tabs) await tab.run("open", "lobby");
    await tabs[0]?.run("send", "to all");
    for (const tab of tabs) await tab.until("texts", (texts) => texts.includes("to all"));
  });

  test("a page that the browser keeps to return to has no stream, and catches up when it is shown", async () => {
    await using server = await createTestServer({ seed });
    await using context = await browser.newContext();
    await using grace = await connectAs(server, "grace");
    const { page, ...tab } = await openTestPage(context, server.webAddress);
    await tab.run("connect", { handle: "ada", password });
    await tab.run("open", "lobby");
    const dispatch = (name: string): Promise<void> =>
      page.evaluate((type) => {
        dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
      }, name);
    await dispatch("pagehide");
    await tab.until("status", (status) => status === "paused");
    await roomOf(grace, server.rooms.lobby).send("missed");
    await dispatch("pageshow");
    await tab.until("texts", (texts) => texts.includes("missed"));
    assert.deepEqual(await tab.run("states"), ["online", "paused", "connecting", "online"]);
  });

  test("a session in a cookie goes on after a reload and in other tabs, and ends in all of them", async () => {
    await using server = await createTestServer({ seed });
    await using context = await browser.newContext();
    const first = await openTestPage(context, server.webAddress);
    const resumed = { session: "cookie" } as const;
    assert.match(await first.run("connect", resumed), /^TOKEN_INVALID: /);
    assert.equal(await first.run("connect", { handle: "ada", password, ...resumed }), "ada");
    const [cookie] = await context.cookies();
    assert.equal(cookie?.httpOnly, true);
    await first.page.reload();
    assert.equal(await first.run("connect", resumed), "ada");
    const second = await openTestPage(context, server.webAddress);
    assert.equal(await second.run("connect", resumed), "ada");

    // The access tokens of both are too old at once, as after a night.
    await server.clock.advance(10 * 60_000);
    await Promise.all([first, second].map((tab) => tab.run("call")));
    await server.clock.advance(10 * 60_000);
    await Promise.all([first, second, first, second].map((tab) => tab.run("call")));
    assert.deepEqual(await statuses([first, second]), ["online", "online"]);

    await first.run("signOut");
    await second.until("end", (reason) => reason === "SESSION_REVOKED");
    assert.match(await second.run("connect", resumed), /^TOKEN_INVALID: /);
  });

  test("another sign-in takes the place of the browser's session, and tabs of the old one say so", async () => {
    await using server = await createTestServer({ seed });
    await using context = await browser.newContext();
    const [first, second] = [
      await openTestPage(context, server.webAddress),
      await openTestPage(context, server.webAddress),
    ];
    assert.equal(await first.run("connect", { handle: "ada", password, session: "cookie" }), "ada");
    assert.equal(await second.run("connect", { handle: "grace", password, session: "cookie" }), "grace");
    await first.until("end", (reason) => reason === "SESSION_REPLACED");
    await first.page.reload();
    assert.equal(await first.run("connect", { session: "cookie" }), "grace");
  });

  test("a page of another origin connects where the server lists it, and else says what may be wrong", async () => {
    await using listed = await createTestServer({ seed });
    await using server = await createTestServer({ seed, settings: { corsOrigins: listed.webAddress } });
    await using other = await createTestServer({ seed });
    await using context = await browser.newContext();
    const page = await openTestPage(context, listed.webAddress);
    assert.equal(await page.run("connect", { handle: "ada", password, url: server.webAddress }), "ada");
    assert.deepEqual(await page.run("open", "lobby").then(() => page.run("send", "from elsewhere")), [1]);
    const refusal = await page.run("connect", { handle: "ada", password, url: other.webAddress });
    assert.match(
      refusal,
      /^CONNECTION_LOST: can't reach .*, or the server does not allow this page's origin/,
    );
    assert.match(
      await page.run("connect", { handle: "ada", password: "wrong password" }),
      /^CREDENTIALS_WRONG: /,
    );
  });
});

function fill(count: number, value: string): string[] {
  return Array.from({ length: count }, () => value);
}

/** Opens seven tabs, one after the other. */
async function openTabs(context: BrowserContext, serverUrl: string): Promise<readonly TestPage[]> {
  const tabs: TestPage[] = [];
  for (let number = 1; number <= 7; number++) {
    const tab = await openTestPage(context, serverUrl);
    assert.equal(await tab.run("connect", { handle: "ada", password }), "ada");
    tabs.push(tab);
  }
  return tabs;
}

function statuses(tabs: readonly TestPage[]): Promise<string[]> {
  return Promise.all(tabs.map((tab) => tab.run("status")));
}

/** Makes a call in each tab at once. */
async function assertAnswered(tabs: readonly TestPage[]): Promise<void> {
  for (const ms of await Promise.all(tabs.map((tab) => tab.run("call")))) assert.ok(ms < 5_000, `${ms} ms`);
}

async function untilCount(tabs: readonly TestPage[], status: string, count: number): Promise<void> {
  const lateAt = Date.now() + HANG_MS;
  for (;;) {
    const found = await statuses(tabs);
    if (found.filter((each) => each === status).length === count) return;
    if (Date.now() > lateAt) throw new Error(`${count} did not become ${status}: ${found.join(" ")}`);
  }
}

/** Says to a page that it is shown or hidden: a browser without a window shows all of them. */
async function setVisible({ page }: TestPage, isVisible: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    },
    isVisible ? "visible" : "hidden",
  );
}
