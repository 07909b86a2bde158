import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import type { CallOptions } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { historyOf, send, seqsOf } from "../support/messages.ts";
import { operatorClient, type Person, register } from "../support/people.ts";
import { assertRefused, membersOf, RoomActs, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { openDirectRoom, listRooms } = v1.RoomService.method;
const { updateReadCursor, deleteMessage, setReaction } = v1.ChatService.method;
const { updateRelationship, deleteUser } = v1.UserService.method;
const { createServiceKey } = v1.AdminService.method;
const { FAILED_PRECONDITION, NOT_FOUND, PERMISSION_DENIED } = status;
const { JOINED } = v1.MemberState;

for (const runtime of runtimes) {
  describe(`leaving direct rooms and coming back on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const acts = new RoomActs(client);
    let count = 0;

    const enroll = (...names: readonly string[]) =>
      Promise.all(names.map((name) => register(client, `${name}${count++}`)));

    async function open(by: CallOptions, ...others: readonly Person[]): Promise<v1.Room> {
      const { room } = await client.unary(openDirectRoom, { userIds: others.map(({ id }) => id) }, by);
      assert.ok(room);
      return room;
    }

    async function pair(): Promise<{ ada: Person; bob: Person; room: v1.Room }> {
      const [ada, bob] = await enroll("ada", "bob");
      assert.ok(ada && bob);
      return { ada, bob, room: await open(ada, bob) };
    }

    async function isListed(person: Person, { id }: v1.Room): Promise<boolean> {
      const { rooms } = await client.unary(listRooms, {}, person);
      return rooms.some((room) => room.id === id);
    }

    const countsOf = async (person: Person, room: v1.Room) => {
      const { self } = await roomOf(client, room, person);
      return [self?.joinedSeq, self?.readSeq, self?.unreadCount];
    };
    const block = (blocker: Person, { id: userId }: Person, blocked = true) =>
      client.unary(updateRelationship, { relationship: { userId, blocked } }, blocker);

    test("opening one tells the others nothing, and shows nothing of them", async () => {
      const [ada, bob] = await enroll("ada", "bob");
      assert.ok(ada && bob);
      using his = await LiveReader.open(client, bob);
      using hers = await LiveReader.open(client, ada);
      const room = await open(ada, bob);
      assert.deepEqual([room.memberCount, room.directUserIds], [1, [ada.id, bob.id].sort()]);
      assert.deepEqual([...(await membersOf(client, room, ada)).keys()], [ada.id]);
      assert.equal(await isListed(bob, room), false);
      await assertRefused(roomOf(client, room, bob), NOT_FOUND, "ROOM_NOT_FOUND");

      await send(client, { room, from: ada }, "hello");
      await his.until(() => his.replicas.rooms.has(room.id));
      await hers.until(() => hers.replicas.get(room.id).messages.has(1n));
      assert.equal(his.frames.filter(({ frame }) => frame.case === "room").length, 1);
      const { self, lastMessage, memberCount } = his.replicas.get(room.id).room;
      assert.deepEqual(
        [self?.state, self?.joinedSeq, self?.unreadCount, memberCount, lastMessage?.text],
        [JOINED, 0n, 1n, 2, "hello"],
      );
    });

    test("the first message brings back who has left, in a change of its own just before it", async () => {
      const { ada, bob, room } = await pair();
      for (const text of ["one", "two", "three"]) await send(client, { room, from: ada }, text);
      await client.unary(updateReadCursor, { roomId: room.id, readSeq: 1n }, bob);
      await acts.remove(bob, room, bob);
      assert.equal(await isListed(bob, room), false);
      using his = await LiveReader.open(client, bob);
      using hers = await LiveReader.open(client, ada);
      const before = new Replicas();
      for (const [id, replica] of hers.replicas.rooms) before.rooms.set(id, { ...replica });
      const { revision } = await roomOf(client, room, ada);

      const sent = await send(client, { room, from: ada }, { text: "four", mentionUserIds: [bob.id] });
      assert.equal(sent.revision, revision + 2n);
      await his.until(() => his.replicas.rooms.has(room.id));
      const { self } = his.replicas.get(room.id).room;
      assert.deepEqual(
        [self?.joinedSeq, self?.readSeq, self?.unreadCount, self?.mentionCount],
        [3n, 3n, 1n, 1n],
      );
      assert.deepEqual(await countsOf(bob, room), [3n, 3n, 1n]);
      assert.equal(await isListed(bob, room), true);
      assert.deepEqual(seqsOf(await historyOf(client, { room, by: bob })), [4, 3, 2, 1]);

      const isOfRoom = ({ frame }: v1.Frame) => frame.case === "event" && frame.value.revision > revision;
      await hers.until(() => hers.frames.filter(isOfRoom).length === 2);
      const told = (frames: readonly v1.Frame[]) =>
        frames.filter(isOfRoom).map(({ frame }) => {
          assert.ok(frame.case === "event");
          const { change } = frame.value;
          const what = change.case === "member" ? [change.value.userId, change.value.state] : [];
          return [change.case, frame.value.revision, ...what];
        });
      const changes = [
        ["member", revision + 1n, bob.id, JOINED],
        ["message", revision + 2n],
      ];
      assert.deepEqual(told(hers.frames), changes);

      using again = await LiveReader.open(client, ada, { replicas: before });
      assert.deepEqual(told(again.frames), changes);
    });

    test("whoever opens it again brings back nobody else", async () => {
      const { ada, bob, room } = await pair();
      await send(client, { room, from: ada }, "hello");
      for (const person of [ada, bob]) await acts.remove(person, room, person);
      const reopened = await client.unary(openDirectRoom, { userIds: [bob.id] }, ada);
      assert.deepEqual(
        [reopened.room?.id, reopened.created, reopened.room?.memberCount],
        [room.id, false, 1],
      );
      assert.deepEqual(await countsOf(ada, room), [1n, 1n, 0n]);
      assert.equal(await isListed(bob, room), false);
      assert.equal((await open(bob, ada)).memberCount, 2);
      const { revision } = await roomOf(client, room, ada);
      assert.equal((await open(bob, ada)).revision, revision, "who is in it already changes nothing");
    });

    test("many messages at once bring back everyone once, and what is sent in answer is let in", async () => {
      const [ada, bob, eve] = await enroll("ada", "bob", "eve");
      assert.ok(ada && bob && eve);
      const room = await open(ada, bob, eve);
      const { revision } = room;
      await Promise.all(Array.from({ length: 20 }, () => send(client, { room, from: ada }, "hello")));
      const after = await roomOf(client, room, ada);
      assert.deepEqual([after.revision, after.memberCount], [revision + 22n, 3]);
      for (const person of [bob, eve]) assert.deepEqual(await countsOf(person, room), [0n, 0n, 20n]);
      await send(client, { room, from: bob }, "here");
    });

    test("a block counts for who has left: a room of two refuses, and stays as it is", async () => {
      const { ada, bob, room } = await pair();
      await send(client, { room, from: ada }, "hello");
      await acts.remove(bob, room, bob);
      await block(bob, ada);
      const { revision } = await roomOf(client, room, ada);
      await assertRefused(acts.send(ada, room), PERMISSION_DENIED, "DM_NOT_ALLOWED");
      await assertRefused(open(ada, bob), PERMISSION_DENIED, "DM_NOT_ALLOWED");
      const reaction = { roomId: room.id, seq: 1n, emoji: "👍" };
      await assertRefused(client.unary(setReaction, reaction, ada), PERMISSION_DENIED, "DM_NOT_ALLOWED");
      assert.equal((await roomOf(client, room, ada)).revision, revision);
      assert.equal(await isListed(bob, room), false);
      await block(bob, ada, false);
      await acts.send(ada, room);
      assert.deepEqual(await countsOf(bob, room), [1n, 1n, 1n]);
    });

    test("a larger room leaves out who forbids it, and refuses when nobody is left who doesn't", async () => {
      const [ada, bob, eve] = await enroll("ada", "bob", "eve");
      assert.ok(ada && bob && eve);
      const room = await open(ada, bob, eve);
      await acts.send(ada, room);
      for (const person of [bob, eve]) await acts.remove(person, room, person);
      await block(eve, ada);
      assert.equal((await open(ada, bob, eve)).id, room.id);
      await acts.send(ada, room);
      assert.deepEqual([await isListed(bob, room), await isListed(eve, room)], [true, false]);
      await acts.send(bob, room);
      assert.deepEqual(await countsOf(eve, room), [2n, 2n, 1n], "bob is not blocked, and brings eve back");
      await acts.send(ada, room);
      assert.deepEqual(await countsOf(eve, room), [2n, 2n, 1n], "it arrives, and does not count");
      await block(bob, ada);
      await assertRefused(acts.send(ada, room), PERMISSION_DENIED, "DM_NOT_ALLOWED");
      await acts.send(bob, room);
    });

    test("a muted person's message brings back who mutes them, and counts for nothing", async () => {
      const { ada, bob, room } = await pair();
      await client.unary(updateRelationship, { relationship: { userId: ada.id, muted: true } }, bob);
      await acts.send(ada, room);
      assert.deepEqual([await isListed(bob, room), await countsOf(bob, room)], [true, [0n, 0n, 0n]]);
    });

    test("a service, which nobody can block, brings back everyone", async () => {
      const { ada, bob, room } = await pair();
      using operator = operatorClient(server);
      const { key: token } = await operator.unary(createServiceKey, { name: `host-${runtime}` });
      const { senderId } = await send(client, { room, from: { token } }, "to both");
      await acts.remove(bob, room, bob);
      await client.unary(updateRelationship, { relationship: { userId: senderId, blocked: true } }, bob);
      await send(client, { room, from: { token } }, "again");
      assert.deepEqual(await countsOf(bob, room), [1n, 1n, 0n]);
      assert.equal(await isListed(ada, room), true);
    });

    test("a room whose only other member is erased is closed, and stays readable", async () => {
      for (const hasCome of [true, false]) {
        const { ada, bob, room } = await pair();
        if (hasCome) await send(client, { room, from: ada }, "one");
        if (hasCome) await send(client, { room, from: bob }, "two");
        await client.unary(deleteUser, { userId: "me" }, bob);
        await assertRefused(acts.send(ada, room), FAILED_PRECONDITION, "ROOM_CLOSED");
        assert.deepEqual(seqsOf(await historyOf(client, { room, by: ada })), hasCome ? [2, 1] : []);
        assert.equal(await isListed(ada, room), true);
        if (hasCome) await client.unary(deleteMessage, { roomId: room.id, seq: 1n }, ada);
        await acts.remove(ada, room, ada);
      }
      const [ada, bob, eve] = await enroll("ada", "bob", "eve");
      assert.ok(ada && bob && eve);
      const room = await open(ada, bob, eve);
      await client.unary(deleteUser, { userId: "me" }, bob);
      await acts.send(ada, room);
      assert.deepEqual(await countsOf(eve, room), [0n, 0n, 1n]);
      await client.unary(deleteUser, { userId: "me" }, eve);
      await assertRefused(acts.send(ada, room), FAILED_PRECONDITION, "ROOM_CLOSED");
    });
  });
}
