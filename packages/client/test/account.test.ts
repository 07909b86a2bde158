import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { connectAs, roomOf, untilStatus } from "./support/chats.ts";
import { connectTo, createTestServer } from "./support/test-server.ts";
import { untilValue } from "./support/wait.ts";

const password = "correct horse battery";
const seed = {
  users: { ada: { password, displayName: "Ada" }, grace: { displayName: "Grace" } },
  rooms: { engine: { owner: "ada", members: { grace: "member" } } },
} as const;

describe("one's own account", () => {
  test("has a profile to change, which others see", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    await using grace = await connectAs(server, "grace");
    const names = (): string[] =>
      grace.rooms.get().map(({ info }) => info.get().lastMessage?.sender.displayName ?? "");
    await roomOf(ada, server.rooms.engine).send("hello");
    await untilValue(grace.rooms, () => names().join() === "Ada");
    const changes = { displayName: "Ada L.", about: "engines", hidesPresence: true } as const;
    const changed = await ada.updateProfile(changes);
    assert.deepEqual(
      [changed.displayName, changed.about, changed.hidesPresence, changed.handle, changed.directMessages],
      ["Ada L.", "engines", true, "ada", "default"],
    );
    assert.equal(ada.me, changed);
    await untilValue(grace.rooms, () => names().join() === "Ada L.");
    await ada.allowDirectMessages("nobody");
    assert.deepEqual([ada.me.directMessages, ada.me.about], ["nobody", "engines"]);
    await assert.rejects(ada.updateProfile({ handle: "grace" }), { reason: "HANDLE_TAKEN" });
  });

  test("has a password to change", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const newPassword = "battery staple horse";
    await assert.rejects(ada.changePassword({ currentPassword: "wrong wrong wrong", newPassword }), {
      reason: "CREDENTIALS_WRONG",
    });
    await ada.changePassword({ currentPassword: password, newPassword });
    await assert.rejects(connectTo(server.address, { handle: "ada", password }), {
      reason: "CREDENTIALS_WRONG",
    });
    await using again = await connectTo(server.address, { handle: "ada", password: newPassword });
    assert.equal(again.me.id, ada.me.id);
  });

  test("has sessions to list, and to end one by one or all", async () => {
    await using server = await createTestServer({ seed });
    const account = { handle: "ada", password };
    await using desk = await connectTo(server.address, { ...account, deviceName: "desk" });
    await using phone = await connectTo(server.address, { ...account, deviceName: "phone" });
    const named = (await desk.sessions.list()).filter(({ deviceName }) => deviceName !== "");
    assert.deepEqual(named.map(({ deviceName }) => deviceName).sort(), ["desk", "phone"]);
    const current = named.filter(({ isCurrent }) => isCurrent).map(({ deviceName }) => deviceName);
    assert.deepEqual(current, ["desk"]);
    const { id = "" } = named.find(({ deviceName }) => deviceName === "phone") ?? {};
    await desk.sessions.end(id);
    await untilStatus(phone, "closed");
    await assert.rejects(desk.sessions.end(id), { name: "NotFoundError", reason: "SESSION_NOT_FOUND" });
    await using other = await connectAs(server, "ada");
    await desk.sessions.endAll();
    for (const chat of [desk, other]) {
      const state = await untilStatus(chat, "closed");
      assert.ok(state.status === "closed" && state.error?.reason === "SESSION_REVOKED");
    }
  });
});

test("a chat makes the contract's other calls as its user", async () => {
  await using server = await createTestServer({ seed: { users: { ada: { role: "admin" }, grace: {} } } });
  await using ada = await connectAs(server, "ada");
  await using grace = await connectAs(server, "grace");
  const { listAuditEntries } = v1.AdminService.method;
  const { entries } = await ada.call(listAuditEntries, { userId: grace.me.id });
  assert.ok(entries.length > 0);
  await assert.rejects(grace.call(listAuditEntries, {}), { name: "PermissionError" });
});

describe("names", () => {
  test("that are in the lists of rooms and invitations are known once connect resolves", async () => {
    await using server = await createTestServer({ seed });
    await using ada = await connectAs(server, "ada");
    const direct = await ada.rooms.openDirect(["grace"]);
    assert.equal(direct.info.get().title, "Grace");
    await direct.send("hello");
    await roomOf(ada, server.rooms.engine).send("hello");
    await using grace = await connectAs(server, "grace");
    const shown = grace.rooms.get().map(({ info }) => {
      const { title, lastMessage } = info.get();
      return `${title}: ${lastMessage?.sender.displayName}`;
    });
    assert.deepEqual(shown.sort(), ["Ada: Ada", "engine: Ada"]);
  });
});
