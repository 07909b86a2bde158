import assert from "node:assert/strict";
import { test } from "node:test";
import { connectOver } from "@confab/client";
import { webTransport } from "@confab/client/web";
import { createTestServer } from "@confab/server/testing";
import { connectAs, numbers, roomOf, textsOf } from "./support/chats.ts";
import { untilValue } from "./support/wait.ts";

test("a transport that can't stream upwards needs nothing else to be different", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: {}, grace: {} },
      rooms: { engine: { owner: "ada", members: { grace: "member" } } },
    },
    faults: { cutStreams: { afterFrames: 20 }, dropAnswer: { method: "SendMessage", at: 5 } },
  });
  await using ada = await connectAs(server, "ada");
  const { refreshToken } = server.users.grace;
  const reconnect = { minDelayMs: 10, maxDelayMs: 50 };
  await using grace = await connectOver(webTransport(server.webAddress), { refreshToken, reconnect });
  const [there, here] = [roomOf(ada, server.rooms.engine), roomOf(grace, server.rooms.engine)];
  const unsubscribe = here.timeline.subscribe(() => {});
  here.setTyping();
  await untilValue(there.typing, ({ length }) => length === 1);
  const texts = numbers(30);
  const sent = await Promise.all(texts.map((text) => here.send(text)));
  assert.deepEqual(
    sent.map(({ seq }) => `${seq}`),
    texts,
  );
  await there.send("31");
  await untilValue(here.info, ({ unreadCount }) => unreadCount === 1);
  await here.markRead();
  await assert.rejects(here.send("x", { mentionUserIds: ["nobody"] }), { reason: "MENTION_NOT_MEMBER" });
  await untilValue(here.timeline, ({ items }) => items.length === 32);
  assert.deepEqual(textsOf(here), [...texts, "31", "x"]);
  unsubscribe();
});
