import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer, type TestServer } from "@confab/server/testing";
import { confab } from "./support/confab.ts";
import { matchScreen } from "./support/snapshots.ts";
import { skipWithoutTmux, Tmux } from "./support/tmux.ts";
import { waitFor } from "./support/wait-for.ts";

const password = "correct horse battery";
const clock = Date.UTC(2024, 2, 12, 9, 30);
const env = { TZ: "UTC", CONFAB_PASSWORD: password };
const options = { skip: skipWithoutTmux };
const sizes = [
  [60, 16],
  [80, 24],
  [120, 40],
] as const;

function createOffice(): Promise<TestServer<"ada" | "grace" | "greta", "engines">> {
  return createTestServer({
    clock,
    seed: {
      users: {
        ada: { password, displayName: "Ada" },
        grace: { password, displayName: "Grace Hopper" },
        greta: { password, displayName: "Greta" },
      },
      rooms: {
        engines: {
          owner: "ada",
          members: { grace: "member", greta: "member" },
          messages: [
            { from: "ada", text: "Good morning! ☀️" },
            { from: "grace", text: "Is the engine ready? 👍🏽" },
          ],
        },
      },
    },
  });
}

test("choices, help, refusals and questions at three sizes", options, async () => {
  await using server = await createOffice();
  await using tmux = await Tmux.start([...confab, "chat", server.address, "--user", "ada"], { env });
  await tmux.shows(/Good morning[\s\S]*engine ready/);
  for (const [columns, rows] of sizes) {
    const size = `${columns}x${rows}`;
    await tmux.resize(columns, rows);
    await tmux.shows(new RegExp(`^╭.{${columns - 2}}╮`));
    const enter = async (line: string, shown: RegExp, name: string): Promise<void> => {
      await tmux.type(line);
      await tmux.press("Enter");
      await tmux.shows(shown);
      await matchScreen(tmux, `${name}-${size}`);
    };
    await tmux.type("/dm gr");
    await tmux.press("Tab");
    await tmux.shows(/grace \(Grace Hopper\).*\n› \/dm grace/);
    await tmux.press("Tab");
    await tmux.shows(/› \/dm greta/);
    await matchScreen(tmux, `choices-${size}`);
    await tmux.press("C-u");
    await enter("/react tad", /✗ "tad" is no emoji/, "no-emoji");
    await enter("/leave", /✗ a room keeps an owner/, "leave-refused");
    await enter("/delete-room", /this deletes engines/, "delete-room");
    await enter("/away", /◐ away as Ada/, "away");
    await tmux.type("/away");
    await tmux.press("Enter");
    await tmux.shows(/● connected as Ada/);
    await enter("/help", /─ Help ─/, "help-in-groups");
    await tmux.press("Escape");
    await tmux.shows(/─ # engines ─/);
  }
});

test(
  "the title and the bell tell of a direct message, and both are as before in the end",
  options,
  async () => {
    await using server = await createOffice();
    await using grace = await connect(server.address, { handle: "grace", password });
    await using tmux = await Tmux.start([...confab, "chat", server.address, "--user", "ada"], { env });
    await tmux.shows(/engine ready/);
    const before = await tmux.ask("#{pane_title}");
    assert.equal(before, "Confab");
    assert.equal(await tmux.ask("#{mouse_standard_flag}#{mouse_sgr_flag}"), "11");
    const direct = await grace.rooms.openDirect(["ada"]);
    // The room of the newest message is the first one in the list.
    await server.clock.advance(60_000);
    await direct.send("psst");
    await waitFor(
      () => tmux.ask("#{pane_title}"),
      (title) => title === "(1) Confab",
      "a count in the title",
    );
    await tmux.shows(/@ Grace Hopp… 1/);
    await matchScreen(tmux, "direct-message");
    await tmux.press("C-c");
    await tmux.shows(/ended: 0/);
    assert.notEqual(await tmux.ask("#{pane_title}"), "(1) Confab");
    assert.equal(await tmux.ask("#{mouse_standard_flag}#{mouse_sgr_flag}"), "00");
  },
);

test("names have the colours for the background of the terminal", options, async () => {
  await using server = await createOffice();
  const command = [...confab, "chat", server.address, "--user", "ada"];
  const name = (codes: string): RegExp => new RegExp(`38;5;(?:${codes})m(?:.\\[49m)? *Grace Hopper`);
  for (const [background, codes] of [
    ["#fdf6e3", "25|23|58|92|125|94|22|24|127|61"],
    ["#002b36", "75|80|143|141|212|215|113|117|177|111"],
  ] as const) {
    await using tmux = await Tmux.start(command, { env, background });
    await tmux.shows(/engine ready/);
    await waitFor(
      () => tmux.captureStyles(),
      (screen) => name(codes).test(screen),
      `legible names on ${background}`,
    );
  }
});
