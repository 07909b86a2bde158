import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { confab } from "./support/confab.ts";
import { matchScreen } from "./support/snapshots.ts";
import { skipWithoutTmux, Tmux } from "./support/tmux.ts";

const password = "correct horse battery";
const clock = Date.UTC(2024, 2, 12, 9, 30);
/** Emoji that tmux draws in 1, 2, 3 or 4 columns; other terminals draw each of them in 2. */
const messages = ["❤️ heart", "👍🏽 tone", "1️⃣ one ™️ ☀️", "👩🏽‍💻 joined 🏳️‍🌈 flags 🇩🇪", "✌🏽 ⚠️ ▶️ end"];

test("emoji of every width keep the frame straight, and leave nothing behind", {
  skip: skipWithoutTmux,
}, async () => {
  await using server = await createTestServer({
    clock,
    seed: {
      users: { ada: { password, displayName: "Ada ❤️" }, grace: { password } },
      rooms: {
        hearts: {
          owner: "ada",
          members: { grace: "member" },
          messages: messages.map((text) => ({ from: "ada", text }) as const),
        },
      },
    },
  });
  const env = { TZ: "UTC", CONFAB_PASSWORD: password };
  await using tmux = await Tmux.start([...confab, "chat", server.address, "--user", "grace"], { env });
  await tmux.shows(/end/);
  await using ada = await connect(server.address, { handle: "ada", password });
  const room = await ada.rooms.open("hearts");
  for (const emoji of ["❤️", "✌🏽", "☀️"]) await room.react(5, emoji);
  await tmux.shows(/❤️ +1[\s\S]*☀️ +1/);
  assert.equal((await tmux.column(79, 22)).join(""), `╮${"│".repeat(20)}╯`);
  await matchScreen(tmux, "emoji");

  for (const emoji of ["❤️", "✌🏽", "☀️"]) await room.unreact(5, emoji);
  await tmux.type("👍🏽❤️👩🏽‍💻x");
  await tmux.shows(/› .*x/);
  await tmux.press("BSpace", "BSpace", "BSpace", "BSpace");
  await tmux.shows(/\n›\n/);
  await matchScreen(tmux, "emoji-gone");
});
