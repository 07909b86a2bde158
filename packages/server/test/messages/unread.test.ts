import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { historyOf, send } from "../support/messages.ts";
import { giveRole, operatorClient, type Person, register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateReadCursor, deleteMessage } = v1.ChatService.method;
const { createServiceKey } = v1.AdminService.method;
const { removeMember, listRooms } = v1.RoomService.method;
const { deleteUser, updateRelationship } = v1.UserService.method;

for (const runtime of runtimes) {
  describe(`what is unread on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const bob = await register(client, "bob");

    async function openRoom(room = {}): Promise<v1.Room> {
      const opened = await makeRoom(client, ada, room);
      await bringIn(client, { room: opened, owner: ada }, bob);
      return opened;
    }

    async function read(person: Person, room: v1.Room, readSeq: bigint): Promise<readonly bigint[]> {
      const { self } = await client.unary(updateReadCursor, { roomId: room.id, readSeq }, person);
      assert.equal(self?.userId, person.id);
      const seen = (await roomOf(client, room, person)).self;
      assert.deepEqual(counts(seen), counts(self));
      return counts(self);
    }

    test("others' messages after the read position are unread; the user's own and deleted ones are not", async () => {
      const room = await openRoom();
      for (const [from, text] of [
        [ada, "1"],
        [bob, "2"],
        [ada, "3"],
        [ada, "4"],
        [bob, "5"],
        [ada, "6"],
      ] as const) {
        await send(client, { room, from }, text);
      }
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [0n, 4n, 0n]);
      assert.deepEqual(counts((await roomOf(client, room, ada)).self), [0n, 2n, 0n]);
      assert.deepEqual(await read(bob, room, 3n), [3n, 2n, 0n]);
      await client.unary(deleteMessage, { roomId: room.id, seq: 4n }, ada);
      await client.unary(deleteMessage, { roomId: room.id, seq: 1n }, ada);
      await client.unary(deleteMessage, { roomId: room.id, seq: 5n }, bob);
      assert.deepEqual(await read(bob, room, 3n), [3n, 1n, 0n]);
      assert.deepEqual(await read(bob, room, 6n), [6n, 0n, 0n]);
    });

    test("a position moves forward alone, and is no change of the room", async () => {
      const room = await openRoom();
      for (let index = 0; index < 4; index++) await send(client, { room, from: ada }, "text");
      const { revision } = await roomOf(client, room, bob);
      assert.deepEqual(await read(bob, room, 3n), [3n, 1n, 0n]);
      assert.deepEqual(await read(bob, room, 1n), [3n, 1n, 0n]);
      const moves = [1n, 4n, 2n, 3n].map((seq) =>
        client.unary(updateReadCursor, { roomId: room.id, readSeq: seq }, bob),
      );
      await Promise.all(moves);
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [4n, 0n, 0n]);
      assert.equal((await roomOf(client, room, bob)).revision, revision);
    });

    test("mentions are counted once a message, of oneself and of everyone, until they are read or deleted", async () => {
      const room = await openRoom();
      const mention = (...mentionUserIds: string[]) =>
        send(client, { room, from: ada }, { text: "hey", mentionUserIds });
      await mention(bob.id);
      await mention("all");
      await mention(bob.id, "all");
      await mention(ada.id);
      await send(client, { room, from: bob }, { text: "myself", mentionUserIds: [bob.id] });
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [0n, 4n, 3n]);
      assert.deepEqual(await read(bob, room, 1n), [1n, 3n, 2n]);
      await client.unary(deleteMessage, { roomId: room.id, seq: 2n }, ada);
      assert.deepEqual(await read(bob, room, 1n), [1n, 2n, 1n]);
      assert.deepEqual(await read(bob, room, 5n), [5n, 0n, 0n]);
    });

    test("what came before the user joined is not unread, also after leaving and coming back", async () => {
      const room = await makeRoom(client, ada);
      for (let index = 0; index < 3; index++) await send(client, { room, from: ada }, "before");
      await bringIn(client, { room, owner: ada }, bob);
      assert.equal((await roomOf(client, room, bob)).self?.unreadCount, 0n);
      await send(client, { room, from: ada }, "after");
      assert.equal((await roomOf(client, room, bob)).self?.unreadCount, 1n);
      await client.unary(removeMember, { roomId: room.id, userId: "me" }, bob);
      await send(client, { room, from: ada }, "while away");
      await bringIn(client, { room, owner: ada }, bob);
      assert.equal((await roomOf(client, room, bob)).self?.unreadCount, 0n);
    });

    test("messages of whom one blocks or mutes are never counted, and are again once one doesn't", async () => {
      const [eve, kay] = [await register(client, "eve"), await register(client, "kay")];
      const room = await openRoom();
      await bringIn(client, { room, owner: ada }, eve, kay);
      const mention = { text: "hey", mentionUserIds: [bob.id] };
      for (const from of [ada, eve, eve, kay]) await send(client, { room, from }, mention);
      await send(client, { room, from: eve }, "gone");
      await client.unary(deleteMessage, { roomId: room.id, seq: 5n }, eve);
      const relate = (other: Person, wants: { blocked?: boolean; muted?: boolean }) =>
        client.unary(updateRelationship, { relationship: { userId: other.id, ...wants } }, bob);
      const both = async () => {
        const self = counts((await roomOf(client, room, bob)).self);
        const { rooms } = await client.unary(listRooms, {}, bob);
        assert.deepEqual(counts(rooms.find(({ id }) => id === room.id)?.self), self);
        return self;
      };
      assert.deepEqual(await both(), [0n, 4n, 4n]);
      await relate(eve, { blocked: true });
      assert.deepEqual(await both(), [0n, 2n, 2n]);
      await relate(kay, { muted: true });
      assert.deepEqual(await both(), [0n, 1n, 1n]);
      await send(client, { room, from: eve }, mention);
      await send(client, { room, from: kay }, mention);
      assert.deepEqual(await both(), [0n, 1n, 1n]);
      assert.deepEqual(await read(bob, room, 2n), [2n, 0n, 0n]);
      await relate(eve, { muted: true });
      await client.unary(deleteMessage, { roomId: room.id, seq: 3n }, eve);
      assert.deepEqual(await both(), [2n, 0n, 0n]);
      await relate(eve, {});
      assert.deepEqual(await both(), [2n, 1n, 1n]);
      await relate(kay, {});
      assert.deepEqual(await both(), [2n, 3n, 3n]);
      const [first] = (await historyOf(client, { room, by: bob }, { aroundSeq: 6n, pageSize: 2 })).messages;
      assert.deepEqual([first?.senderId, first?.deleted], [eve.id, true], "all of it is there, in order");
    });

    test("messages of somebody blocked or muted who has left the server count no more than before", async () => {
      const [eve, kay] = [await register(client, "leaving-eve"), await register(client, "leaving-kay")];
      const room = await openRoom();
      await bringIn(client, { room, owner: ada }, eve, kay);
      const mention = { text: "hey", mentionUserIds: [bob.id] };
      for (const from of [eve, kay, ada]) await send(client, { room, from }, mention);
      const block = { userId: eve.id, blocked: true };
      await client.unary(updateRelationship, { relationship: block }, bob);
      const mute = { userId: kay.id, muted: true };
      await client.unary(updateRelationship, { relationship: mute }, bob);
      for (const person of [eve, kay]) await client.unary(deleteUser, { userId: "me" }, person);
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [0n, 1n, 1n]);
      for (const { id: userId } of [eve, kay]) {
        await client.unary(updateRelationship, { relationship: { userId } }, bob);
      }
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [0n, 3n, 3n]);
    });

    test("a muted service that writes without being in the room is not counted either", async () => {
      const room = await openRoom();
      using operator = operatorClient(server);
      const { key: token } = await operator.unary(createServiceKey, { name: "shop" });
      let shopId = "";
      for (let index = 0; index < 3; index++) {
        shopId = (await send(client, { room, from: { token } }, "an order")).senderId;
      }
      await send(client, { room, from: ada }, "hello");
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [0n, 4n, 0n]);
      await client.unary(updateRelationship, { relationship: { userId: shopId, muted: true } }, bob);
      assert.deepEqual(counts((await roomOf(client, room, bob)).self), [0n, 1n, 0n]);
      assert.deepEqual(await read(bob, room, 2n), [2n, 1n, 0n]);
    });

    test("a position that no message has, or that nobody could have, is refused", async () => {
      const room = await openRoom();
      await send(client, { room, from: ada }, "one");
      for (const [readSeq, reason] of [
        [0n, "FIELD_REQUIRED"],
        [2n, "FIELD_INVALID"],
        [-1n, "FIELD_INVALID"],
        [2n ** 53n, "FIELD_INVALID"],
        [2n ** 63n - 1n, "FIELD_INVALID"],
      ] as const) {
        const refusal = await refusalOf(client.unary(updateReadCursor, { roomId: room.id, readSeq }, bob));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, reason, "read_seq"],
        );
      }
      const admin = await register(client, `admin-${runtime}`);
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      const outside = await refusalOf(
        client.unary(updateReadCursor, { roomId: room.id, readSeq: 1n }, admin),
      );
      assert.deepEqual([outside.code, outside.reason], [status.PERMISSION_DENIED, "NOT_A_MEMBER"]);
    });
  });
}

function counts(self: v1.Member | undefined): readonly bigint[] {
  return self ? [self.readSeq, self.unreadCount, self.mentionCount] : [];
}
