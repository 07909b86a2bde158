import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type CallOptions, refusalOf } from "../support/client.ts";
import { giveRole, register, signInAsGuest } from "../support/people.ts";
import { assertRefused, join, RoomActs, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { openDirectRoom, updateRoom, deleteRoom } = v1.RoomService.method;
const { updateRelationship, deleteUser } = v1.UserService.method;
const { INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED } = status;

for (const runtime of runtimes) {
  describe(`direct rooms on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const acts = new RoomActs(client);
    const ada = await register(client, "ada");
    const bob = await register(client, "bob");
    const eve = await register(client, "eve");

    const open = (by: CallOptions, ...userIds: readonly string[]) =>
      client.unary(openDirectRoom, { userIds: [...userIds] }, by);
    async function openRoom(by: CallOptions, ...userIds: readonly string[]): Promise<v1.Room> {
      const { room } = await open(by, ...userIds);
      assert.ok(room);
      return room;
    }

    test("there is one for each set of people, whoever opens it, and at the same time", async () => {
      const opened = await Promise.all([
        open(ada, bob.id),
        open(bob, ada.id, "me", ada.id),
        open(ada, bob.id),
      ]);
      assert.equal(new Set(opened.map(({ room }) => room?.id)).size, 1);
      assert.equal(opened.filter(({ created }) => created).length, 1);
      const { room } = opened[0] ?? {};
      assert.ok(room);
      assert.deepEqual([room.kind, room.public], [v1.RoomKind.DIRECT, false]);
      assert.equal(room.self?.role, v1.Role.MEMBER);
      await acts.send(ada, room);
      await acts.send(bob, room);
      const three = await open(ada, bob.id, eve.id);
      assert.ok(three.created);
      assert.notEqual(three.room?.id, room.id);
      assert.deepEqual(three.room?.directUserIds, [ada.id, bob.id, eve.id].sort());
      assert.equal((await open(eve, ada.id, bob.id)).room?.id, three.room?.id);
    });

    test("it is for 2 to 8 people who exist, and is opened by people with an account", async () => {
      await assertRefused(open(ada), INVALID_ARGUMENT, "FIELD_REQUIRED", "user_ids");
      for (const alone of [[ada.id], ["me", ada.id]]) {
        await assertRefused(open(ada, ...alone), INVALID_ARGUMENT, "FIELD_INVALID", "user_ids");
      }
      const many = Array.from({ length: 8 }, (_, index) => `u${index}`);
      await assertRefused(open(ada, ...many), INVALID_ARGUMENT, "TOO_MANY_IDS", "user_ids");
      await assertRefused(open(ada, bob.id, "nobody"), NOT_FOUND, "USER_NOT_FOUND", "user_ids");
      const gone = await register(client, "gone");
      await client.unary(deleteUser, { userId: "me" }, gone);
      await assertRefused(open(ada, gone.id), NOT_FOUND, "USER_NOT_FOUND", "user_ids");
      const guest = await signInAsGuest(client, "Passing By");
      await assertRefused(open(guest, ada.id), PERMISSION_DENIED, "NOT_PERMITTED");
    });

    test("it stays among those it was opened for, and nobody else knows of it", async () => {
      const room = await openRoom(ada, bob.id);
      await acts.send(ada, room);
      await assertRefused(roomOf(client, room, eve), NOT_FOUND, "ROOM_NOT_FOUND");
      await assertRefused(join(client, room, eve), NOT_FOUND, "ROOM_NOT_FOUND");
      await assertRefused(acts.add(ada, room, { userIds: [eve.id] }), PERMISSION_DENIED, "NOT_PERMITTED");
      await assertRefused(acts.remove(ada, room, bob), PERMISSION_DENIED, "NOT_PERMITTED");
      const rename = { room: { id: room.id, title: "Us" }, updateMask: { paths: ["title"] } };
      await assertRefused(client.unary(updateRoom, rename, ada), PERMISSION_DENIED, "NOT_PERMITTED");
      await assertRefused(
        client.unary(deleteRoom, { roomId: room.id }, ada),
        PERMISSION_DENIED,
        "NOT_PERMITTED",
      );

      const admin = await register(client, `admin-${runtime}`);
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      await assertRefused(
        client.unary(updateRoom, rename, admin),
        PERMISSION_DENIED,
        "NOT_PERMITTED",
        "update_mask",
      );
      const labelled = await client.unary(
        updateRoom,
        { room: { id: room.id, labels: { order: "17" } }, updateMask: { paths: ["labels"] } },
        admin,
      );
      assert.deepEqual(labelled.room?.labels, { order: "17" });
    });

    test("whoever is blocked by one of them opens none, and does not learn by whom", async () => {
      const [blocker, blocked] = [await register(client, "blocker"), await register(client, "blocked")];
      const room = await openRoom(blocked, blocker.id);
      const relationship = { userId: blocked.id, blocked: true };
      await client.unary(updateRelationship, { relationship }, blocker);
      const refusals = await Promise.all(
        [open(blocked, blocker.id), open(blocked, blocker.id, eve.id), open(blocked, ada.id, blocker.id)].map(
          refusalOf,
        ),
      );
      for (const { code, reason, message } of refusals) {
        assert.deepEqual([code, reason], [PERMISSION_DENIED, "DM_NOT_ALLOWED"]);
        assert.equal(message, refusals[0]?.message);
      }
      await assertRefused(acts.send(blocked, room), PERMISSION_DENIED, "DM_NOT_ALLOWED");
      assert.equal((await open(blocker, blocked.id)).room?.id, room.id);
    });

    test("after an administrator has deleted it, another is opened", async () => {
      const room = await openRoom(ada, eve.id);
      const admin = await register(client, `keeper-${runtime}`);
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      await client.unary(deleteRoom, { roomId: room.id }, admin);
      const again = await open(eve, ada.id);
      assert.ok(again.created);
      assert.notEqual(again.room?.id, room.id);
    });
  });
}
