import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { FakeTerminal } from "./support/fake-terminal.ts";
import { waitFor } from "./support/wait-for.ts";

const password = "correct horse battery";

test("an edit takes the names after @ with it, and leaves mentions that were never written", async () => {
  await using server = await createTestServer({
    seed: {
      users: { ada: { password }, grace: { password } },
      rooms: { engine: { owner: "ada", members: { grace: "member" } } },
    },
  });
  await using grace = await connect(server.address, { handle: "grace", password });
  await using elsewhere = await connect(server.address, { handle: "ada", password });
  const [room] = grace.rooms.get();
  assert.ok(room);
  await (await elsewhere.rooms.open("engine")).send("hello", { mentionUserIds: [server.users.ada.id] });
  const mentions = (): Promise<readonly string[]> =>
    waitFor(
      () => room.timeline.get().items,
      ([item]) => item?.text === wanted,
      `the text ${wanted}`,
    ).then(([item]) => item?.mentionUserIds ?? []);
  await using ada = new FakeTerminal({
    address: server.address,
    user: "ada",
    env: { CONFAB_PASSWORD: password },
  });
  await ada.shows("ada: hello");
  let wanted = "hello @grace";
  ada.press("/edit #1 hello @grace\r");
  assert.deepEqual(await mentions(), [server.users.ada.id, server.users.grace.id]);
  assert.equal(room.info.get().mentionCount, 1);
  await ada.shows("ada: hello @grace (edited)");
  wanted = "hello all";
  ada.press("/edit #1 hello all\r");
  assert.deepEqual(await mentions(), [server.users.ada.id]);
  assert.equal(room.info.get().mentionCount, 0);
});
