import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "@confab/client";
import { confab, startServer } from "./support/confab.ts";
import { FakeTerminal } from "./support/fake-terminal.ts";
import { matchScreen } from "./support/snapshots.ts";
import { skipWithoutTmux, Tmux } from "./support/tmux.ts";

const OTHERS = 19;

// Each terminal in this process tidies up when the process ends.
process.setMaxListeners(4 * OTHERS);

test("twenty terminals are connected while the server restarts, and all go on", {
  skip: skipWithoutTmux,
}, async () => {
  await using opened = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), "confab-test-"));
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = opened.use(await startServer(dataDir));
  const { address } = first;

  const recorded = opened.use(await Tmux.start([...confab, "chat", address, "--guest", "Ada"], {}));
  await recorded.shows(/No messages yet/);
  const others: FakeTerminal[] = [];
  for (let index = 1; index <= OTHERS; index++) {
    others.push(
      opened.use(new FakeTerminal({ address, guest: `Guest ${String(index).padStart(2, "0")}`, rows: 40 })),
    );
  }
  await Promise.all(others.map((terminal) => terminal.shows(/connected as Guest/)));
  await recorded.shows(/20 members/);
  await recorded.type("hello, all of you");
  await recorded.press("Enter");
  await Promise.all(others.map((terminal) => terminal.shows(/Ada: hello, all of you/)));
  await matchScreen(recorded, "restart-1-before", withoutPresence);

  await first.stop("SIGKILL");
  await Promise.all(others.map((terminal) => terminal.shows(/reconnecting/)));
  await recorded.shows(/reconnecting/);
  await recorded.type("written while the server is away");
  await recorded.press("Enter");
  others.at(0)?.press("me too\r");
  await recorded.shows(/1 unsent/);
  await matchScreen(recorded, "restart-2-during", maskReconnecting);

  opened.use(await startServer(dataDir, address.split(":")[1]));
  await Promise.all(
    others.map((terminal) =>
      terminal.shows(/(?=[\s\S]*Ada: written while the server is away)(?=[\s\S]*Guest 01: me too)/),
    ),
  );
  others.at(-1)?.press("all here\r");
  await recorded.shows(/(?=[\s\S]*away +│)(?=[\s\S]*me too)(?=[\s\S]*Guest 19: all here)/);
  await matchScreen(recorded, "restart-3-after", (screen) => withoutPresence(inOneOrder(screen)));

  await using reader = await connect(address, { guest: "Reader" });
  const room = await reader.rooms.open("lobby");
  await room.loadOlder();
  const texts = room.timeline.get().items.map(({ text }) => text);
  assert.deepEqual(texts.toSorted(), [
    "all here",
    "hello, all of you",
    "me too",
    "written while the server is away",
  ]);
  for (const terminal of others) {
    for (const text of texts)
      assert.equal(terminal.screen.text.split(text).length, 2, `"${text}" is there once`);
    assert.deepEqual(terminal.screen.violations, []);
  }
});

/** Presence is covered by other tests. */
function withoutPresence(screen: string): string {
  return screen.replace(/─+ 20 members(, \d+ online)? ─╮/, (found) =>
    " 20 members ─╮".padStart(found.length, "─"),
  );
}

/** When the next attempt is, and what the last one failed with, is left to chance. */
function maskReconnecting(screen: string): string {
  return withoutPresence(screen).replace(
    /reconnecting[^·\n]*· 1 unsent.*$/m,
    "reconnecting in 1 s · 1 unsent · …",
  );
}

/** After the restart the order of the senders is left to chance. */
function inOneOrder(screen: string): string {
  const lines = screen.split("\n");
  const away = lines.findIndex((line) => line.includes("is away"));
  const too = lines.findIndex((line) => line.includes("me too"));
  if (away < too) return screen;
  return lines
    .with(away, lines[too] ?? "")
    .with(too, lines[away] ?? "")
    .join("\n");
}
