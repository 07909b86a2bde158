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
  ada.press("/unreact #1 🎉 @ada\r");
  await ada.shows("@ada has not reacted to message #1 with 🎉");
  ada.press("/unreact #1 👍 all\r");
  await ada.shows(/like it\?(?![\s\S]*👍)/);
});
