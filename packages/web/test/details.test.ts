import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium, openWindow, withoutChromium } from "./support/browser.ts";
import { openRoom, PASSWORD, signIn, untilShown, write } from "./support/people.ts";
import { startTeam } from "./support/team-server.ts";

const options = { skip: withoutChromium, timeout: 120_000 };
const linus = { password: PASSWORD, displayName: "Linus" };
let browser: Browser;
before(async () => {
  if (withoutChromium === false) browser = await launchChromium();
});
after(() => browser?.close());

const WIDE = { viewport: { width: 1_440, height: 900 } };

async function openDetails(page: Page, title: string): Promise<void> {
  await openRoom(page, title);
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("heading", { name: /^Members/ }).waitFor();
}

test("an owner edits the room, invites, mutes, promotes, bans and lifts the ban", options, async () => {
  await using server = await startTeam({ linus });
  const [ada, grace] = [await openWindow(browser, WIDE), await openWindow(browser, WIDE)];
  await signIn(ada.page, server.webAddress, "ada");
  await signIn(grace.page, server.webAddress, "grace");
  await openRoom(grace.page, "engine");
  await openDetails(ada.page, "engine");

  await ada.page.getByRole("button", { name: "Edit the room" }).click();
  await ada.page.getByLabel("Title").fill("");
  await ada.page.getByRole("button", { name: "Save" }).click();
  await ada.page.getByText("Say how the room is called.").waitFor();
  await ada.page.getByLabel("Title").fill("engine");
  await ada.page.getByLabel("Topic").fill("what weaves");
  await ada.page.getByLabel("Slow mode").selectOption({ label: "10 seconds" });
  await ada.page.getByRole("button", { name: "Save" }).click();
  await ada.page.getByText("Slow mode: one message every 10 seconds.").waitFor();
  await grace.page.getByText(/what weaves/).waitFor();

  await ada.page.getByRole("button", { name: "Invite people" }).click();
  await ada.page.getByLabel("Name or handle").fill("lin");
  await ada.page.getByLabel("Linus").check();
  await ada.page.getByRole("button", { name: "Invite", exact: true }).click();
  await ada.page.getByRole("heading", { name: "Invited · 1" }).waitFor();

  await ada.page.getByRole("button", { name: /^Grace/ }).click();
  await ada.page.getByLabel("Role in this room").selectOption("moderator");
  await ada.page.getByText("Grace is moderator of this room.").waitFor();
  await ada.page.getByLabel("Role in this room").selectOption("member");
  await ada.page.getByText("Grace is member of this room.").waitFor();
  await ada.page.getByRole("button", { name: "Mute" }).click();
  await ada.page.getByRole("button", { name: "Unmute" }).waitFor();
  await grace.page.getByText("You are muted in this room: you can read, and not write.").waitFor();
  await ada.page.getByRole("button", { name: "What may they do here?" }).click();
  await ada.page.getByLabel("The question").selectOption("post");
  await ada.page.getByText("Grace may not write messages.").waitFor();
  await ada.page.getByText(/^Muted in this room until/).waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("button", { name: "Unmute" }).click();
  await ada.page.getByRole("button", { name: "Mute", exact: true }).waitFor();

  await ada.page.getByLabel("Reason").fill("off topic");
  await ada.page.getByRole("button", { name: "Ban", exact: true }).click();
  await ada.page.getByRole("heading", { name: "Banned · 1" }).waitFor();
  await grace.page.getByText(/You were banned from “engine” until .*: off topic/).waitFor();
  await ada.page.getByRole("button", { name: /^Grace/ }).click();
  await ada.page.getByRole("button", { name: "Lift the ban" }).click();
  await ada.page.getByRole("heading", { name: "Banned · 1" }).waitFor({ state: "detached" });
  assert.deepEqual([...ada.problems, ...grace.problems], []);
});

test("a member is told why they may not, a refusal is a sentence, and a room is left", options, async () => {
  await using server = await startTeam({ linus });
  const { page, problems } = await openWindow(browser, WIDE);
  await signIn(page, server.webAddress, "grace");
  await openDetails(page, "engine");
  assert.equal(await page.getByRole("button", { name: "Edit the room" }).count(), 0);
  await page.getByRole("button", { name: "What may I do here?" }).click();
  await page.getByLabel("The question").selectOption("manage-room");
  await page.getByText("you may not change the room's settings.").waitFor();
  await page.getByText("Neither the role nor the room gives this right.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Leave the room" }).click();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByText("You have left “engine”.").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  assert.deepEqual(problems, []);
});

test("a room is deleted only by its title", options, async () => {
  await using server = await startTeam({ linus });
  const { page, problems } = await openWindow(browser, WIDE);
  await signIn(page, server.webAddress, "ada");
  await openDetails(page, "engine");
  await page.getByRole("button", { name: "Delete the room" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("Type “engine” to delete it.").waitFor();
  await page.getByLabel("The room's title").fill("engine");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("“engine” is deleted.").waitFor();
  assert.equal(await page.getByRole("navigation").getByRole("link", { name: "engine" }).count(), 0);
  assert.deepEqual(problems, []);
});

test("a thread opens beside the room, takes answers of both, and has its URL", options, async () => {
  await using server = await startTeam({ linus });
  const [ada, grace] = [await openWindow(browser, WIDE), await openWindow(browser, WIDE)];
  await signIn(ada.page, server.webAddress, "ada");
  await signIn(grace.page, server.webAddress, "grace");
  await openRoom(ada.page, "engine");
  await openRoom(grace.page, "engine");
  await write(ada.page, "Who starts?");
  await untilShown(grace.page, "Who starts?");

  await grace.page.getByRole("article").filter({ hasText: "Who starts?" }).hover();
  await grace.page.getByRole("button", { name: "Thread" }).click();
  await grace.page.getByRole("textbox", { name: "Answer in the thread" }).fill("I do");
  await grace.page.keyboard.press("Enter");
  const pane = grace.page.getByRole("complementary", { name: "Thread" });
  await pane.getByText("1 answer", { exact: true }).waitFor();

  await ada.page.getByRole("link", { name: "1 answer" }).click();
  assert.equal(new URL(ada.page.url()).search, "?thread=1");
  await ada.page.getByRole("complementary").getByText("I do").waitFor();
  await ada.page.getByRole("textbox", { name: "Answer in the thread" }).fill("Good");
  await ada.page.keyboard.press("Enter");
  await pane.getByText("Good").waitFor();
  await ada.page.reload();
  await ada.page.getByRole("complementary").getByText("2 answers").waitFor();
  await ada.page.keyboard.press("Escape");
  assert.deepEqual([...ada.problems, ...grace.problems], []);
});

test("a pin is listed, leads to its message, and is taken off", options, async () => {
  await using server = await startTeam({ linus });
  const { page, problems } = await openWindow(browser, WIDE);
  await signIn(page, server.webAddress, "ada");
  await openRoom(page, "engine");
  await page.getByRole("button", { name: "Pinned messages" }).click();
  await page.getByText("Nothing is pinned").waitFor();
  await write(page, "Read this first");
  await untilShown(page, "Read this first");
  await page.getByRole("article").filter({ hasText: "Read this first" }).hover();
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  const pane = page.getByRole("complementary", { name: "Pinned messages" });
  await pane.getByRole("link", { name: /Read this first/ }).click();
  assert.match(page.url(), /\/r\/[^/]+\/1\?pane=pins$/);
  await pane.getByRole("button", { name: "Unpin" }).click();
  await page.getByText("Nothing is pinned").waitFor();
  assert.deepEqual(problems, []);
});
