import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";

test("ten lines of code connect, open a room, send and read", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password: "correct horse battery" }, grace: { password: "correct horse battery" } },
      rooms: {
        general: { owner: "ada", members: { grace: "member" }, messages: [{ from: "ada", text: "Hi" }] },
      },
    },
  });
  await using chat = await connect(server.address, { handle: "grace", password: "correct horse battery" });
  const room = await chat.rooms.open("general");
  const heard: string[] = [];
  const reading = (async () => {
    for await (const message of room.messages({ last: 10 })) {
      heard.push(`${message.sender.displayName}: ${message.text}`);
      if (heard.length === 2) return;
    }
  })();
  const sent = await room.send("hello");
  assert.equal(sent.seq, 2);
  await reading;
  assert.deepEqual(heard, ["ada: Hi", "grace: hello"]);
});
