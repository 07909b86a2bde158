import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { ConfabError, NotFoundError } from "@confab/client";
import { connectAs, disconnect, roomOf } from "./support/chats.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { connectTo, createTestServer } from "./support/test-server.ts";
import { all, untilValue } from "./support/wait.ts";

const seed = {
  users: { ada: {}, grace: {}, kay: {} },
  rooms: { engine: { owner: "ada", members: { grace: "member", kay: "member" } } },
} as const;

test("an error is a few lines in console.log: its reason, its words, the refused fields", async () => {
  await using server = await createTestServer({ seed });
  const password = "short";
  const refusal = await connectTo(server.address, { register: { handle: "eve", password } }).catch(
    (error: unknown) => error,
  );
  assert.ok(refusal instanceof ConfabError);
  const lines = inspect(refusal).split("\n");
  assert.match(lines[0] ?? "", /^InvalidArgumentError \[PASSWORD_TOO_SHORT\]: /);
  assert.match(lines[1] ?? "", /^ {4}password: /);
  assert.ok(lines.length <= 5, inspect(refusal));
  const own = new NotFoundError({ reason: "", code: 5, message: "nothing there" });
  assert.match(inspect(own), /^NotFoundError \[code 5\]: nothing there\n {4}at .*errors\.test\.js/);
});

describe("a removal from a room", () => {
  test("ends loops and sends with its reason", async () => {
    await using server = await createTestServer({ seed });
    await using proxy = await TcpProxy.open(server.address);
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace", { address: proxy.address });
    await using kay = await connectAs(server, "kay");
    const room = roomOf(ada, server.rooms.engine);
    const [gone, banned] = [grace, kay].map((chat) => roomOf(chat, server.rooms.engine));
    assert.ok(gone && banned);
    const removed = {
      name: "PermissionError",
      reason: "REMOVED_FROM_ROOM",
      message: 'you were removed from the room "engine": off topic',
    };
    const loops = [all(gone.messages()), all(gone.changes())].map((loop) => assert.rejects(loop, removed));
    const until = new Date(server.clock.now() + 3_600_000);
    const other = assert.rejects(all(banned.messages()), {
      reason: "BANNED",
      message: `you were banned from the room "engine" until ${until.toISOString()}: enough`,
    });
    await disconnect(grace, proxy);
    const send = assert.rejects(gone.send("too late"), removed);
    await room.remove(server.users.grace.id, { reason: "off topic" });
    proxy.unblock();
    await room.updateMember(server.users.kay.id, { state: "banned", expireTime: until, reason: "enough" });
    await Promise.all([...loops, send, other]);
  });

  test("of one's own, or the end of the room, only ends the loops", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const [here, there] = [ada, grace].map((chat) => roomOf(chat, server.rooms.engine));
    assert.ok(here && there);
    const left = all(there.messages());
    await there.leave();
    assert.deepEqual(await left, []);
    const deleted = all(here.messages());
    await here.deleteRoom();
    assert.deepEqual(await deleted, []);
    await untilValue(ada.rooms, () => ada.rooms.get(here.id) === undefined);
  });
});
