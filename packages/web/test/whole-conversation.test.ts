import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Browser, Locator, Page } from "playwright-core";
import { launchChromium, openWindow, type Watched, withoutChromium } from "./support/browser.ts";
import { PASSWORD, write } from "./support/people.ts";
import { ServerProcess } from "./support/server-process.ts";
import { Terminal, withoutTmux } from "./support/terminal.ts";
import { LIMIT_MS, waitFor } from "./support/wait-for.ts";

const ROOM = "Harbour";
/** A message with its time in the terminal: `[12:00]   Ada: hello`, but for what it says after the text. */
const TERMINAL_LINE = /\[\d\d:\d\d\] +\S+: (.+?)(?: \(edited\))? *│/;

/** Ada and Grace sit at browsers, and Linus at a terminal. */
interface Team {
  readonly server: ServerProcess;
  readonly ada: Page;
  readonly grace: Watched;
  readonly linus: Terminal;
  /** The texts of the room, in order. */
  readonly said: string[];
}

test("two browsers and a terminal talk, through a lost connection, a restart and a suspension", {
  skip: withoutChromium || withoutTmux,
  timeout: 300_000,
}, async () => {
  await using server = new ServerProcess();
  await server.start();
  await using browser = await launchChromium();
  const [ada, grace] = [await openTallWindow(browser), await openTallWindow(browser)];
  await using linus = await Terminal.start(server.grpcAddress);
  const team: Team = { server, ada: ada.page, grace, linus, said: [] };
  await comeIn(team);
  await talk(team);
  await loseAConnection(team);
  await restart(team);
  await suspendGrace(team);
  assert.deepEqual([...ada.problems, ...grace.problems], []);
});

/** Opens a window in which the whole conversation is in sight: the list holds no row that is not. */
async function openTallWindow(browser: Browser): Promise<Watched> {
  const window = await openWindow(browser, { viewport: { width: 1_280, height: 1_600 } });
  window.context.setDefaultTimeout(LIMIT_MS);
  return window;
}

/** All three register; Ada makes a room, and the others find it. */
async function comeIn({ server, ada, grace, linus }: Team): Promise<void> {
  await register(ada, server.address, "ada", "Ada");
  await register(grace.page, server.address, "grace", "Grace");
  await linus.shows(/‹Sign in›/);
  await linus.press("Up", "Right");
  await linus.shows(/‹Register›/);
  for (const entry of ["linus", "Linus", PASSWORD, PASSWORD]) {
    await linus.press("Tab");
    await linus.type(entry);
  }
  await linus.press("Enter");
  await linus.shows(/connected as Linus/);

  const dialog = await openRoomDialog(ada);
  await dialog.getByLabel("New room").fill(ROOM);
  await dialog.getByRole("checkbox", { name: "Public" }).check();
  await dialog.getByRole("button", { name: "Make the room" }).click();
  await composer(ada).waitFor();
  await (await openRoomDialog(grace.page)).getByRole("button", { name: `Join ${ROOM}` }).click();
  await composer(grace.page).waitFor();
  await linus.enter(`/join ${ROOM}`);
  await linus.shows(new RegExp(`─ # ${ROOM} ─.* 3 members`));
}

/** Messages, an edit, a reaction and a reply: each is seen by the two others as it happens. */
async function talk(team: Team): Promise<void> {
  const { ada, grace, linus, said } = team;
  await say(team, ada, "Good morning");
  await untilAllRead(team);
  await say(team, linus, "Hello from a terminal");
  await untilAllRead(team);
  await say(team, grace.page, "Is the ship in?");
  await untilAllRead(team);

  await composer(grace.page).press("ArrowUp");
  await grace.page.getByRole("textbox", { name: "Edit the message" }).fill("Is the boat in?");
  await grace.page.keyboard.press("Enter");
  said[said.length - 1] = "Is the boat in?";
  await linus.shows(/Grace: Is the boat in\? \(edited\)/);
  await untilAllRead(team);

  await (await hovered(ada, "Is the boat in?")).getByRole("button", { name: "React" }).click();
  await ada.getByLabel("Find an emoji").fill("tada");
  await ada.keyboard.press("Enter");
  await linus.shows(/🎉 1/);
  await linus.enter("/react tada");
  for (const page of [ada, grace.page]) await page.getByRole("button", { name: /^🎉 2/ }).waitFor();

  await say(team, linus, "She is", "/reply She is");
  for (const page of [ada, grace.page]) await reply(page, /Grace.*Is the boat in\?/).waitFor();
  await (await hovered(grace.page, "She is")).getByRole("button", { name: "Reply" }).click();
  await say(team, grace.page, "I come");
  await linus.shows(/↳ Linus: She is.*\n.*Grace: I come/);
  await reply(ada, /Linus.*She is/).waitFor();
  await untilAllRead(team);
}

/** Grace loses her connection while the others write on. She comes back to everything, and sends what she wrote. */
async function loseAConnection(team: Team): Promise<void> {
  const { ada, grace, linus, said } = team;
  await grace.context.setOffline(true);
  await grace.page.getByText("You are offline.").waitFor();
  const before = [...said];
  for (const number of [1, 2, 3]) {
    await say(team, ada, `Crate ${number}`);
    await untilTerminalReads(linus, said);
    await say(team, linus, `Barrel ${number}`);
    await untilRead(ada, said);
  }
  await say(team, grace.page, "Where was I?");
  await grace.page.getByText("Waits for the connection").waitFor();
  assert.deepEqual(await textsIn(grace.page), [...before, "Where was I?"]);
  await grace.context.setOffline(false);
  await untilAllRead(team);
  await grace.page.getByText("You are offline.").waitFor({ state: "detached" });
}

/** The server stops, and starts again at its address: all three go on, and what was written meanwhile is sent. */
async function restart(team: Team): Promise<void> {
  const { server, ada, grace, linus, said } = team;
  await server.stop();
  for (const page of [ada, grace.page]) await page.getByText("Reconnecting…").waitFor();
  await linus.shows(/reconnecting/);
  await say(team, ada, "The harbour is closed");
  await ada.getByText("Waits for the connection").waitFor();
  await server.start();
  await untilAllRead(team);
  for (const page of [ada, grace.page]) await page.getByText("Reconnecting…").waitFor({ state: "detached" });
  await linus.shows(/connected as Linus/);

  for (const writer of [linus, grace.page, ada]) {
    await say(team, writer, `It is open again: ${said.length}`);
    await untilAllRead(team);
  }
}

/** Ada, whom the operator makes an administrator, suspends Grace, who is told so and can't come back. */
async function suspendGrace(team: Team): Promise<void> {
  const { server, ada, grace, linus, said } = team;
  await server.operate("user", "role", "ada", "admin");
  await ada.goto(`${server.address}/admin`);
  await ada.getByRole("button", { name: "Manage Grace" }).click();
  await ada.getByLabel("Reason").fill("spam");
  await ada.getByRole("button", { name: "Suspend" }).click();
  await ada.getByText("Grace is suspended.").waitFor();

  const words = "This account is suspended until further notice";
  await grace.page.getByRole("status").filter({ hasText: words }).waitFor();
  assert.equal(await grace.page.getByRole("textbox", { name: /^Message to/ }).count(), 0);
  await grace.page.reload();
  await grace.page.getByLabel("Handle").fill("grace");
  await grace.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await grace.page.getByRole("button", { name: "Sign in" }).click();
  await grace.page.getByRole("alert").filter({ hasText: words }).waitFor();
  assert.equal(await grace.page.getByRole("textbox", { name: /^Message to/ }).count(), 0);

  await ada.keyboard.press("Escape");
  await ada.getByRole("link", { name: ROOM }).click();
  await say(team, ada, "We are two");
  await untilTerminalReads(linus, said);
  await say(team, linus, "We are");
  await untilRead(ada, said);
}

async function register(page: Page, address: string, handle: string, displayName: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("tab", { name: "Register" }).click();
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("Display name").fill(displayName);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).waitFor();
}

async function openRoomDialog(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Join or make a room" }).click();
  return page.getByRole("dialog");
}

function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: `Message to ${ROOM}` });
}

/** Finds a message that answers another one by the quote above it. */
function reply(page: Page, quote: RegExp): Locator {
  return page.getByRole("log").getByRole("link", { name: quote });
}

/** Finds the message that says this, and points at it, so that it shows its tools. */
async function hovered(page: Page, text: string): Promise<Locator> {
  const body = page.locator(".message-body", { hasText: text });
  const message = page.getByRole("article").filter({ has: body });
  await message.hover();
  return message;
}

/** Writes a message in the browser or in the terminal, where it may take a command. */
async function say({ said }: Team, writer: Page | Terminal, text: string, line = text): Promise<void> {
  await (writer instanceof Terminal ? writer.enter(line) : write(writer, text));
  said.push(text);
}

/** Waits until all three read everything that was said: once, in order, and nothing else. */
async function untilAllRead({ ada, grace, linus, said }: Team): Promise<void> {
  await Promise.all([untilRead(ada, said), untilRead(grace.page, said), untilTerminalReads(linus, said)]);
}

async function untilRead(page: Page, said: readonly string[]): Promise<void> {
  await waitFor(
    () => textsIn(page),
    (texts) => isDeepStrictEqual(texts, said),
    `the page with ${said.join(", ")}`,
  );
}

async function untilTerminalReads(terminal: Terminal, said: readonly string[]): Promise<void> {
  await waitFor(
    async () => textsOn(await terminal.shows(new RegExp(`─ # ${ROOM} ─`))),
    (texts) => isDeepStrictEqual(texts, said),
    `the terminal with ${said.join(", ")}`,
  );
}

/** Reads the texts of the messages that a page shows. */
async function textsIn(page: Page): Promise<readonly string[]> {
  return page.getByRole("log").locator(".message-body p").allInnerTexts();
}

function textsOn(screen: string): readonly string[] {
  return screen.split("\n").flatMap((line) => TERMINAL_LINE.exec(line)?.[1] ?? []);
}
