import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Credential, connect, grpcTransport, UnauthenticatedError } from "@confab/client";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { connectAs, roomOf, untilStatus } from "./support/chats.ts";
import { HANG_MS, take } from "./support/wait.ts";

const seed = {
  users: { ada: {}, root: { role: "admin" } },
  services: ["shop"],
  rooms: { orders: { owner: "shop", members: { ada: "member" } } },
} as const;

describe("a service key", () => {
  test("signs a back end in as its own account, which sends and reads", async () => {
    await using server = await createTestServer({ seed });
    const { serviceKey, id } = server.services.shop;
    await using shop = await connect(server.address, { serviceKey });
    assert.deepEqual([shop.me.id, shop.me.handle, shop.me.role], [id, "shop", "service"]);
    await using ada = await connectAs(server, "ada");
    const reading = take(roomOf(ada, server.rooms.orders).messages(), 1);
    await roomOf(shop, server.rooms.orders).send("order 17 has shipped");
    assert.deepEqual(
      (await reading).map(({ text, senderId }) => [text, senderId]),
      [["order 17 has shipped", id]],
    );
    await shop.signOut();
    await using again = await connect(server.address, { serviceKey });
    assert.equal(again.me.id, id);
  });

  test("acts for a user, with that user's rights, and not for an administrator", async () => {
    await using server = await createTestServer({ seed });
    const { serviceKey } = server.services.shop;
    const { ada, root } = server.users;
    await using chat = await connect(server.address, { serviceKey, actAs: ada.id });
    const room = roomOf(chat, server.rooms.orders);
    assert.deepEqual([chat.me.handle, (await room.send("mine")).senderId], ["ada", ada.id]);
    await room.edit(1, "still mine");
    await assert.rejects(room.update({ topic: "taken over" }), { reason: "NOT_PERMITTED" });
    await assert.rejects(connect(server.address, { serviceKey, actAs: root.id }), {
      name: "PermissionError",
      reason: "NOT_PERMITTED",
    });
    await assert.rejects(connect(server.address, { serviceKey, actAs: "nobody" }), {
      name: "NotFoundError",
      reason: "USER_NOT_FOUND",
    });
  });

  test("that is wrong is refused, and one that is deleted ends the chat", async () => {
    await using server = await createTestServer({ seed });
    await using chat = await connect(server.address, { serviceKey: server.services.shop.serviceKey });
    const transport = grpcTransport(server.address, false);
    const { accessToken } = await server.signIn(server.users.root.id);
    const { deleteServiceKey } = v1.AdminService.method;
    await transport.unary(deleteServiceKey, { name: "shop" }, { accessToken, timeoutMs: HANG_MS });
    transport.close();
    const state = await untilStatus(chat, "closed");
    assert.ok(state.status === "closed" && state.error instanceof UnauthenticatedError);
    const { serviceKey } = server.services.shop;
    await assert.rejects(connect(server.address, { serviceKey }), { reason: "TOKEN_INVALID" });
  });
});

describe("a credential", () => {
  test("is one way to sign in: two don't compile, and are refused", async () => {
    // @ts-expect-error A guest has no password.
    const both: Credential = { guest: "Ada", handle: "ada", password: "correct horse battery" };
    // @ts-expect-error Only a service key acts for somebody.
    const acting: Credential = { refreshToken: "t", actAs: "ada" };
    // @ts-expect-error A handle needs its password.
    const half: Credential = { handle: "ada" };
    assert.ok(acting && half);
    await assert.rejects(connect("localhost:1", both), {
      name: "InvalidArgumentError",
      reason: "CREDENTIAL_INVALID",
      message: /^handle and guest were given/,
    });
    await assert.rejects(connect("localhost:1", {} as Credential), { message: /^no credential was given/ });
  });
});
