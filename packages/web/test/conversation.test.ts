import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestServer } from "@confab/server/testing";
import type { Browser, Page } from "playwright-core";
import { launchChromium, openWindow, type Watched, withoutChromium } from "./support/browser.ts";
import { openRoom, PASSWORD, signIn, untilShown, write } from "./support/people.ts";
import { ServerProcess } from "./support/server-process.ts";
import { startTeam } from "./support/team-server.ts";

const options = { skip: withoutChromium, timeout: 120_000 };
let browser: Browser;
before(async () => {
  if (withoutChromium === false) browser = await launchChromium();
});
after(() => browser?.close());

function assertFlawless(...windows: readonly Watched[]): void {
  for (const { problems } of windows) assert.deepEqual(problems, []);
}

async function message(page: Page, text: string) {
  const found = page.getByRole("article").filter({ hasText: text });
  await found.hover();
  return found;
}

test("two people talk: typing, mentions, reactions, replies, edits and deletions", options, async () => {
  await using server = await startTeam();
  const [ada, grace] = [await openWindow(browser), await openWindow(browser)];
  await signIn(ada.page, server.webAddress, "ada");
  await signIn(grace.page, server.webAddress, "grace");
  await openRoom(ada.page, "engine");
  await write(ada.page, "Good morning, @grace");
  const badge = grace.page.getByRole("link", { name: "engine" }).getByText("mentions");
  await badge.waitFor();
  assert.match(await grace.page.title(), /^\(1\) /);
  await openRoom(grace.page, "engine");
  await untilShown(grace.page, "@grace");
  await badge.waitFor({ state: "detached" });
  await ada.page.getByRole("img", { name: "Seen by Grace" }).waitFor();

  await grace.page.getByRole("textbox", { name: "Message to engine" }).pressSequentially("He");
  await ada.page.getByText("Grace is typing…").waitFor();
  await write(grace.page, "**Hello** there");
  await ada.page.locator("strong", { hasText: "Hello" }).waitFor();

  await (await message(grace.page, "Good morning")).getByRole("button", { name: "React" }).click();
  await grace.page.getByLabel("Find an emoji").fill("tada");
  await grace.page.keyboard.press("Enter");
  await ada.page.getByRole("button", { name: /^🎉 1/ }).click();
  await grace.page.getByRole("button", { name: /^🎉 2/ }).waitFor();

  await (await message(ada.page, "Hello there")).getByRole("button", { name: "Reply" }).click();
  await write(ada.page, "How are you?");
  await grace.page
    .getByRole("log")
    .getByRole("link", { name: /Grace Hello there/ })
    .waitFor();

  const composer = ada.page.getByRole("textbox");
  await ada.page.getByRole("textbox", { name: "Message to engine" }).press("ArrowUp");
  await ada.page.getByRole("textbox", { name: "Edit the message" }).fill("How do you do?");
  await composer.last().press("Enter");
  await untilShown(grace.page, "How do you do?");
  await grace.page.getByText("edited").waitFor();

  await (await message(ada.page, "How do you do?")).getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await untilShown(grace.page, "Message deleted");
  assertFlawless(ada, grace);
});

test("what is written offline waits, is sent once, and a draft outlives a reload", options, async () => {
  await using server = await startTeam();
  const [ada, grace] = [await openWindow(browser), await openWindow(browser)];
  await signIn(ada.page, server.webAddress, "ada");
  await signIn(grace.page, server.webAddress, "grace");
  await openRoom(ada.page, "engine");
  await openRoom(grace.page, "engine");
  await ada.context.setOffline(true);
  await ada.page.getByText("You are offline.").waitFor();
  await write(ada.page, "sent later");
  await ada.page.getByText("Waits for the connection").waitFor();
  await write(grace.page, "meanwhile");
  await ada.context.setOffline(false);
  await untilShown(grace.page, "sent later");
  await untilShown(ada.page, "meanwhile");
  assert.equal(await grace.page.getByRole("log").getByText("sent later").count(), 1);

  await ada.page.getByRole("textbox", { name: "Message to engine" }).fill("half a thought");
  await ada.page.reload();
  const composer = ada.page.getByRole("textbox", { name: "Message to engine" });
  await composer.waitFor();
  assert.equal(await composer.inputValue(), "half a thought");
  assertFlawless(ada, grace);
});

test(
  "a session goes on over a reload and a restart of the server, until the user signs out",
  options,
  async () => {
    await using server = new ServerProcess();
    await server.start();
    const ada = await openWindow(browser);
    await ada.page.goto(server.address);
    await ada.page.getByRole("tab", { name: "Register" }).click();
    await ada.page.getByLabel("Handle").fill("ada");
    await ada.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await ada.page.getByRole("button", { name: "Create account" }).click();
    await write(ada.page, "before");
    await untilShown(ada.page, "before");
    await ada.page.reload();
    await untilShown(ada.page, "before");

    await server.stop();
    await ada.page.getByText("Reconnecting…").waitFor();
    await write(ada.page, "during");
    await server.start();
    await ada.page.getByText("Waits for the connection").waitFor({ state: "detached" });
    await ada.page.reload();
    await untilShown(ada.page, "during");

    await ada.page.getByRole("button", { name: "Settings" }).click();
    await ada.page.getByRole("button", { name: "Sign out", exact: true }).click();
    await ada.page.getByRole("button", { name: "Sign in" }).waitFor();
    await ada.page.reload();
    await ada.page.getByRole("button", { name: "Sign in" }).waitFor();
    assertFlawless(ada);
  },
);

test("a long room loads upwards without jumping, and a URL leads to a message", options, async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password: PASSWORD, displayName: "Ada" } },
      rooms: {
        long: {
          owner: "ada",
          messages: Array.from({ length: 1_000 }, (_, index) => ({
            from: "ada" as const,
            text: `number ${index + 1}`,
          })),
        },
      },
    },
  });
  const { page, problems } = await openWindow(browser, { viewport: { width: 1_000, height: 700 } });
  await signIn(page, server.webAddress, "ada");
  await openRoom(page, "long");
  await untilShown(page, "number 1000");
  const log = page.getByRole("log");
  const isAtEnd = await log.evaluate(
    (element) => element.scrollHeight - element.clientHeight - element.scrollTop < 24,
  );
  assert.ok(isAtEnd, "the list stands at its end");

  await page.goto(`${server.webAddress}/r/${server.rooms.long.id}/120`);
  await untilShown(page, "number 120");
  await page.getByRole("button", { name: "To the latest" }).waitFor();
  const moved = await log.evaluate(jumpsWhileScrolling);
  assert.ok(moved <= 1, `a row moved by ${moved} px`);
  await page.getByRole("button", { name: "To the latest" }).click();
  await untilShown(page, "number 1000");
  await page.goBack();
  assert.deepEqual(problems, []);
});

/** Scrolls up in steps; returns the largest distance by which a row moved otherwise, in pixels. Runs in the page. */
async function jumpsWhileScrolling(log: HTMLElement): Promise<number> {
  const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  let largest = 0;
  for (let step = 0; step < 60 && log.scrollTop > 200; step++) {
    log.scrollTop -= 100;
    await nextFrame();
    const row = [...log.querySelectorAll("article")].find((each) => each.getBoundingClientRect().top > 250);
    const top = row?.getBoundingClientRect().top ?? 0;
    for (let frame = 0; frame < 4; frame++) await nextFrame();
    if (row?.isConnected) largest = Math.max(largest, Math.abs(row.getBoundingClientRect().top - top));
  }
  return largest;
}
