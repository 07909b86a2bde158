import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import type { Page } from "playwright-core";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";
import { payloads } from "./support/payloads.ts";
import { openRoom, PASSWORD, signIn } from "./support/people.ts";

/** Longest name, title and topic that the server takes. */
const NAME_CHARACTERS = 64;
const options = { skip: withoutChromium, timeout: 180_000 };

test("nothing in messages, names, titles and topics runs as a script", options, async () => {
  assert.ok(payloads.length >= 100);
  await using server = await createTestServer({
    seed: {
      users: { ada: { password: PASSWORD, displayName: "Ada" }, mallory: {} },
      rooms: { engine: { owner: "mallory", members: { ada: "member" } } },
    },
  });
  const { refreshToken } = server.users.mallory;
  await using mallory = await connect(server.address, { refreshToken });
  const engine = await mallory.rooms.open(server.rooms.engine.id);
  for (const text of payloads) await engine.send(text);
  const short = payloads.filter((text) => text.length <= NAME_CHARACTERS && !/\p{Cc}/u.test(text));
  for (const title of short) await mallory.rooms.create({ title, topic: title, isPublic: true });

  await using browser = await launchChromium();
  const { page, problems } = await openWindow(browser, { viewport: { width: 1_200, height: 900 } });
  await signIn(page, server.webAddress, "ada");
  await openRoom(page, "engine");
  await assertHarmless(page);
  for (const displayName of short.slice(0, 12)) {
    await mallory.updateProfile({ displayName });
    await engine.send("Who am I?");
    await page.getByRole("log").getByText(displayName).first().waitFor();
  }
  await page.getByRole("button", { name: "Join or make a room" }).click();
  await page.getByRole("button", { name: /^Join/ }).first().waitFor();
  await page.keyboard.press("Escape");
  await assertHarmless(page);
  assert.deepEqual(problems, []);
});

/** Scrolls through the whole room, and looks at every row. */
async function assertHarmless(page: Page): Promise<void> {
  const log = page.getByRole("log");
  for (let step = 0; step < 60; step++) {
    const wrong = await log.evaluate(wrongIn);
    assert.deepEqual(wrong, []);
    const isAtTop = await log.evaluate((element) => {
      element.scrollTop -= element.clientHeight * 0.8;
      return element.scrollTop === 0;
    });
    await page.waitForTimeout(50);
    if (isAtTop && step > 2) break;
  }
  assert.equal(await page.evaluate("window.hacked"), undefined);
}

/** Returns what a message must not have become. Runs in the page. */
function wrongIn(log: HTMLElement): string[] {
  const elements = [
    ...log.querySelectorAll("script, img, iframe, object, embed, form, style, video, audio, base, meta"),
  ];
  const links = [...log.querySelectorAll("a")].filter(
    (link) =>
      !link.classList.contains("reply-quote") &&
      (!/^https?:$/.test(link.protocol) || link.rel !== "noopener noreferrer" || link.target !== "_blank"),
  );
  const handlers = [...log.querySelectorAll("*")].filter((each) =>
    [...each.attributes].some(({ name }) => name.startsWith("on")),
  );
  return [...elements, ...links, ...handlers].map(({ outerHTML }) => outerHTML);
}
