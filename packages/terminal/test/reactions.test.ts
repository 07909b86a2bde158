import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";

const password = "correct horse battery";

test("who has reacted is listed, and a moderator takes off one reaction or all of a kind", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password, displayName: "Grace" } },
      rooms: {
        engine: {
          owner: "ada",
          members: { grace: "member" },
          messages: [{ from: "grace", text: "like it?" }],
        },
      },
    },
  });
  await using grace = await connect(server.address, { handle: "grace", password });
  const room = await grace.rooms.open("engine");
  for (const emoji of ["👍", "👎", "🎉", "❤️"]) await room.react(1, emoji);
  await using ada = new FakeTerminal({
    address: server.address,
    user: "ada",
    env: { CONFAB_PASSWORD: password },
  });
  await ada.shows("Grace: like it?");
  ada.press("/react #1 +1\r");
  await ada.shows(/👍 2/);
  ada.press("/reactions\r");
  await ada.shows(/Reactions to #1/);
  await ada.shows(/👍 2 .*(Grace, ada|ada, Grace)/);
  await ada.pressEscape();
  await ada.shows(/─ # engine ─/);
  ada.press("/unreact #1 -1 @grace\r");
  await ada.shows(/👍 2 {2,}🎉 1/);
  ada.press("/unreact #1 \u2764 @grace\r");
  await ada.shows(/like it\?(?![\s\S]*\u2764)/);
  ada.press("/react #1 nonsense\r");
  await ada.shows('✗ "nonsense" is no emoji: /react 👍, or a name such as heart or tada');
  ada.press("/unreact #1 👀\r");
  await ada.shows("✗ you have not reacted to message #1 with 👀");
  ada.press("/unreact #1 🎉 @ada\r");
  await ada.shows("@ada has not reacted to message #1 with 🎉");
  ada.press("/unreact #1 👍 all\r");
  await ada.shows(/like it\?(?![\s\S]*👍)/);
});

test("/react and /unreact without a number mean the same message, and know emoji by their names", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: {
        engine: {
          owner: "ada",
          members: { grace: "member" },
          messages: [
            { from: "grace", text: "a question" },
            { from: "ada", text: "an answer" },
          ],
        },
      },
    },
  });
  await using ada = new FakeTerminal({
    address: server.address,
    user: "ada",
    env: { CONFAB_PASSWORD: password },
  });
  await ada.shows(/a question[\s\S]*an answer/);
  ada.press("/react :rocket:\r");
  await ada.shows(/a question[^\n]*\n[^\n]*🚀 1/);
  ada.press("/unreact rocket\r");
  await ada.shows(/^(?![\s\S]*🚀)/);
  assert.deepEqual(ada.screen.violations, []);
});
