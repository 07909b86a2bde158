import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { type Person, register } from "../support/people.ts";
import { join, leave, openRoom, openRoomWith, post } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateMessage, setReaction } = v1.ChatService.method;
const { addMembers, createRoom, updateMember, removeMember } = v1.RoomService.method;

for (const runtime of runtimes) {
  describe(`entering and losing rooms on a live stream, on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");

    const newRoom = (...members: Person[]) => openRoomWith(client, ada, ...members);

    test("a reader who enters a room gets it as it stands; one who leaves gets a gap and hears no more", async () => {
      const roomId = await newRoom();
      await post(client, ada, roomId, "before");
      using reader = await LiveReader.open(client, grace);
      assert.ok(!reader.replicas.rooms.has(roomId));
      await join(client, grace, roomId);
      await reader.until(() => reader.replicas.rooms.has(roomId));
      assert.equal(reader.replicas.get(roomId).room.lastMessage?.text, "before");
      await post(client, ada, roomId, "while in");
      await reader.until(() => reader.replicas.get(roomId).messages.has(2n));
      await leave(client, grace, roomId);
      await reader.until(() => reader.replicas.gaps.length === 1);
      const [gap] = reader.replicas.gaps;
      assert.deepEqual([gap?.roomId, gap?.reason], [roomId, v1.GapReason.ACCESS_CHANGED]);
      await post(client, ada, roomId, "after");
      await join(client, grace, roomId);
      await reader.until(() => reader.replicas.rooms.has(roomId));
      assert.deepEqual(
        reader.replicas.heard.map(({ seq }) => seq),
        [2n],
      );
      assert.equal(reader.replicas.get(roomId).room.lastSeq, 3n);
      assert.deepEqual(reader.replicas.problems, []);
    });

    test("who is removed in the middle of messages hears none that came after", async () => {
      const roomId = await newRoom(grace);
      using reader = await LiveReader.open(client, grace);
      using sender = await LiveReader.open(client, ada);
      const removal = { roomId, userId: grace.id };
      for (let count = 0; count < 200; count++) sender.send(`a${count}`, { roomId, text: `${count}` });
      const removed = client.unary(removeMember, removal, ada);
      for (let count = 0; count < 200; count++) sender.send(`b${count}`, { roomId, text: `${count}` });
      await removed;
      await sender.result("b199");
      await reader.until(() => reader.replicas.gaps.length === 1);
      await sender.until(() => sender.replicas.get(roomId).messages.size === 400);
      const removedAt = [...sender.frames].find(
        ({ frame }) => frame.case === "event" && frame.value.change.case === "member",
      );
      assert.ok(removedAt?.frame.case === "event");
      const { revision } = removedAt.frame.value;
      assert.ok(reader.replicas.heard.every((heard) => heard.revision < revision));
      const sentBefore = sender.replicas.heard.filter((heard) => heard.revision < revision);
      assert.equal(reader.replicas.heard.length, sentBefore.length);
      const refused = await client
        .unary(v1.ChatService.method.sendMessage, { roomId, text: "still here?" }, grace)
        .then(
          () => "sent",
          () => "refused",
        );
      assert.equal(refused, "refused");
      assert.deepEqual(reader.replicas.problems, []);
    });

    test("a room left while away is lost, like one that never was; the others go on", async () => {
      const [left, kept] = [await newRoom(grace), await newRoom(grace)];
      const replicas = new Replicas();
      using first = await LiveReader.open(client, grace, { replicas });
      first[Symbol.dispose]();
      await leave(client, grace, left);
      await post(client, ada, kept, "goes on");
      const never = { ...replicas.get(left), room: { ...replicas.get(left).room, id: "never" } };
      replicas.rooms.set("never", never);
      using again = await LiveReader.open(client, grace, { replicas });
      assert.equal(again.ready?.outcome, v1.ResumeOutcome.PARTIAL);
      const gaps = replicas.gaps.map(({ $typeName, roomId, ...gap }) => ({ ...gap, roomId }));
      const gap = {
        fromRevision: never.revision,
        toRevision: 0n,
        reason: v1.GapReason.ACCESS_CHANGED,
      };
      assert.deepEqual(gaps.map(({ roomId }) => roomId).toSorted(), [left, "never"].toSorted());
      for (const { roomId, ...rest } of gaps) assert.deepEqual(rest, gap);
      assert.equal(replicas.get(kept).messages.get(1n)?.text, "goes on");
    });

    test("a cursor ahead of its room, as after restoring a backup, is answered with the room as it stands", async () => {
      const roomId = await newRoom(grace);
      const replicas = new Replicas();
      using first = await LiveReader.open(client, grace, { replicas });
      first[Symbol.dispose]();
      const { revision } = replicas.get(roomId);
      replicas.get(roomId).revision += 1_000n;
      using _again = await LiveReader.open(client, grace, { replicas });
      assert.equal(replicas.get(roomId).revision, revision);
      await post(client, ada, roomId, "and on");
      await _again.until(() => replicas.get(roomId).messages.has(1n));
      assert.deepEqual(replicas.problems, []);
    });

    test("an invitation comes as a room that one is not in yet, and goes when it is withdrawn", async () => {
      const { room } = await client.unary(
        createRoom,
        { room: { kind: v1.RoomKind.GROUP, title: "Behind closed doors" } },
        ada,
      );
      const roomId = room?.id ?? "";
      await post(client, ada, roomId, "not for outsiders");
      using reader = await LiveReader.open(client, grace);
      await client.unary(addMembers, { roomId, userIds: [grace.id] }, ada);
      await reader.until(() => reader.replicas.rooms.has(roomId));
      const seen = reader.replicas.get(roomId).room;
      assert.deepEqual([seen.self?.state, seen.lastMessage], [v1.MemberState.INVITED, undefined]);
      await post(client, ada, roomId, "nor is this");
      await client.unary(removeMember, { roomId, userId: grace.id }, ada);
      await reader.until(() => !reader.replicas.rooms.has(roomId));
      assert.deepEqual(reader.replicas.heard, []);
      await client.unary(addMembers, { roomId, userIds: [grace.id] }, ada);
      await reader.until(() => reader.replicas.rooms.has(roomId));
      await join(client, grace, roomId);
      await reader.until(() => reader.replicas.get(roomId).room.self?.state === v1.MemberState.JOINED);
      assert.equal(reader.replicas.get(roomId).room.lastMessage?.text, "nor is this");
    });

    test("what came before a reader joined is not sent where history begins with joining", async () => {
      const roomId = await openRoom(client, ada, {
        policy: { historyVisibility: v1.HistoryVisibility.SINCE_JOIN },
      });
      await post(client, ada, roomId, "before");
      await join(client, grace, roomId);
      using reader = await LiveReader.open(client, grace);
      const { room, revision } = reader.replicas.get(roomId);
      assert.equal(room.lastMessage, undefined);
      await client.unary(
        updateMessage,
        { message: { roomId, seq: 1n, text: "before, edited" }, updateMask: { paths: ["text"] } },
        ada,
      );
      await client.unary(setReaction, { roomId, seq: 1n, emoji: "👀" }, ada);
      await post(client, ada, roomId, "after");
      await reader.until(() => reader.replicas.get(roomId).messages.has(2n));
      assert.deepEqual([...reader.replicas.get(roomId).messages.keys()], [2n]);
      const replicas = new Replicas();
      replicas.rooms.set(roomId, { ...reader.replicas.get(roomId), revision });
      using again = await LiveReader.open(client, grace, { replicas });
      assert.equal(again.ready?.outcome, v1.ResumeOutcome.RESUMED);
      assert.deepEqual(
        replicas.heard.map(({ seq }) => seq),
        [2n],
      );
    });

    test("who may not read a room hears nothing of its messages, and gets a snapshot when they may again", async () => {
      const roomId = await newRoom(grace);
      using reader = await LiveReader.open(client, grace);
      const change = (deny: v1.Permission[]) =>
        client.unary(
          updateMember,
          { member: { roomId, userId: grace.id, deny }, updateMask: { paths: ["deny"] } },
          ada,
        );
      await change([v1.Permission.READ]);
      await post(client, ada, roomId, "unheard");
      await change([]);
      await reader.until(() => reader.replicas.get(roomId).room.lastMessage?.text === "unheard");
      assert.deepEqual(reader.replicas.heard, []);
      await post(client, ada, roomId, "heard");
      await reader.until(() => reader.replicas.get(roomId).messages.has(2n));
      assert.deepEqual(reader.replicas.problems, []);
    });
  });
}
