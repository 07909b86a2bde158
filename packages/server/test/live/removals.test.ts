import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { type Person, register } from "../support/people.ts";
import { join, leave, openRoomWith, post } from "../support/room-acts.ts";
import { membersOf, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { addMembers, createRoom, deleteRoom, updateMember, removeMember } = v1.RoomService.method;
const { LEFT, BANNED, INVITED } = v1.MemberState;

for (const runtime of runtimes) {
  describe(`who is removed or banned learns it, on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");
    const kay = await register(client, "kay");

    const kick = (roomId: string, reason: string, person = grace) =>
      client.unary(removeMember, { roomId, userId: person.id, reason }, ada);
    const ban = (roomId: string, reason: string, more: MessageInitShape<typeof v1.MemberSchema> = {}) =>
      client.unary(
        updateMember,
        {
          member: { roomId, userId: grace.id, state: BANNED, ...more },
          updateMask: { paths: ["state", ...(more.expireTime ? ["expire_time"] : [])] },
          reason,
        },
        ada,
      );

    /** Returns the frames about a room's end that a reader has received: from their own member on. */
    function endOf({ frames }: LiveReader, roomId: string, userId = grace.id) {
      return frames.flatMap(({ frame }): (string | readonly string[])[] => {
        if (frame.case === "gap" && frame.value.roomId === roomId) return [v1.GapReason[frame.value.reason]];
        if (frame.case !== "event" || frame.value.roomId !== roomId) return [];
        const { change, actorId } = frame.value;
        if (change.case !== "member" || change.value.userId !== userId) return [];
        const { state, reason } = change.value;
        return [[v1.MemberState[state], reason, actorId === ada.id ? "ada" : actorId]];
      });
    }

    async function whenOver(reader: LiveReader, roomId: string): Promise<void> {
      await reader.until(() => reader.replicas.gaps.some((gap) => gap.roomId === roomId), "the gap");
      assert.deepEqual(reader.replicas.problems, []);
    }

    /** Reads a room, goes away, and comes back after something has happened. */
    async function away(person: Person, happens: () => Promise<unknown>): Promise<LiveReader> {
      const replicas = new Replicas();
      const before = await LiveReader.open(client, person, { replicas });
      before[Symbol.dispose]();
      await happens();
      return LiveReader.open(client, person, { replicas });
    }

    test("their own membership, with the reason and who did it, comes before the gap, and to nobody else", async () => {
      const roomId = await openRoomWith(client, ada, grace, kay);
      for (const isSubscriber of [false, true]) {
        using own = await LiveReader.open(client, grace, { isSubscriber });
        using other = await LiveReader.open(client, kay);
        await kick(roomId, "off topic");
        await whenOver(own, roomId);
        assert.deepEqual(endOf(own, roomId), [["LEFT", "off topic", "ada"], "ACCESS_CHANGED"]);
        const mark = await post(client, ada, roomId, "mark");
        await other.until(() => other.replicas.get(roomId).messages.has(mark.seq));
        assert.deepEqual(endOf(other, roomId), [["LEFT", "", "ada"]]);
        const { self } = await roomOf(client, { id: roomId }, grace);
        assert.deepEqual([self?.state, self?.reason], [LEFT, "off topic"]);
        await join(client, grace, roomId);
        assert.equal((await roomOf(client, { id: roomId }, grace)).self?.reason, "");
      }
    });

    test("of a ban they learn until when; others are told no reason anywhere", async () => {
      const roomId = await openRoomWith(client, ada, grace);
      using own = await LiveReader.open(client, grace);
      const untilMs = Date.now() + 3_600_000;
      const { member } = await ban(roomId, "spam", { expireTime: timestampFromMs(untilMs) });
      assert.deepEqual([member?.state, member?.reason], [BANNED, ""]);
      await whenOver(own, roomId);
      assert.deepEqual(endOf(own, roomId), [["BANNED", "spam", "ada"], "ACCESS_CHANGED"]);
      const [told] = own.frames.flatMap(({ frame }) =>
        frame.case === "event" && frame.value.change.case === "member" ? [frame.value.change.value] : [],
      );
      assert.ok(told?.expireTime);
      assert.equal(timestampMs(told.expireTime), untilMs);

      const listed = await membersOf(client, { id: roomId }, ada, BANNED);
      assert.equal(listed.get(grace.id)?.reason, "");
      assert.equal((await roomOf(client, { id: roomId }, ada)).self?.reason, "");
    });

    test("it waits for those who are away", async () => {
      const [kicked, banned] = [
        await openRoomWith(client, ada, grace),
        await openRoomWith(client, ada, grace),
      ];
      using own = await away(grace, async () => {
        await kick(kicked, "off topic");
        await ban(banned, "spam");
      });
      assert.equal(own.ready?.outcome, v1.ResumeOutcome.PARTIAL);
      assert.deepEqual(endOf(own, kicked), [["LEFT", "off topic", ""], "ACCESS_CHANGED"]);
      assert.deepEqual(endOf(own, banned), [["BANNED", "spam", ""], "ACCESS_CHANGED"]);
      assert.deepEqual(own.replicas.problems, []);
    });

    test("who leaves by themselves, or loses the room with all others, only gets the gap", async () => {
      const [left, deleted, rejoined] = [
        await openRoomWith(client, ada, grace),
        await openRoomWith(client, ada, grace),
        await openRoomWith(client, ada, grace),
      ];
      using own = await away(grace, async () => {
        await leave(client, grace, left);
        await kick(deleted, "the room goes, and this with it");
        await client.unary(deleteRoom, { roomId: deleted }, ada);
        await kick(rejoined, "and back again");
        await join(client, grace, rejoined);
      });
      for (const roomId of [left, deleted]) assert.deepEqual(endOf(own, roomId), ["ACCESS_CHANGED"]);
      assert.deepEqual(endOf(own, rejoined), []);
      await leave(client, grace, rejoined);
      await whenOver(own, rejoined);
      assert.deepEqual(endOf(own, rejoined), ["ACCESS_CHANGED"]);
    });

    test("so do the invited and those who knock; a moderator's other changes give no reason away", async () => {
      const { room } = await client.unary(createRoom, { room: { title: "By invitation" } }, ada);
      const roomId = room?.id ?? "";
      using own = await LiveReader.open(client, grace);
      await client.unary(addMembers, { roomId, userIds: [grace.id] }, ada);
      await own.until(() => own.replicas.rooms.get(roomId)?.room.self?.state === INVITED);
      await kick(roomId, "a mistake");
      await whenOver(own, roomId);
      assert.deepEqual(endOf(own, roomId), [["LEFT", "a mistake", "ada"], "ACCESS_CHANGED"]);

      const policy = { joinRule: v1.JoinRule.KNOCK };
      const knocked = await client.unary(createRoom, { room: { title: "Knock", public: true, policy } }, ada);
      const knockedId = knocked.room?.id ?? "";
      await join(client, grace, knockedId);
      await own.until(() => own.replicas.rooms.has(knockedId));
      const turnedDown = { member: { roomId: knockedId, userId: grace.id, state: LEFT } };
      const request = { ...turnedDown, updateMask: { paths: ["state"] }, reason: "no room" };
      await client.unary(updateMember, request, ada);
      await whenOver(own, knockedId);
      assert.deepEqual(endOf(own, knockedId), [["LEFT", "no room", "ada"], "ACCESS_CHANGED"]);

      const mutedId = await openRoomWith(client, ada, grace);
      await own.until(() => own.replicas.rooms.has(mutedId));
      const mute = {
        roomId: mutedId,
        userId: grace.id,
        mutedUntilTime: timestampFromMs(Date.now() + 60_000),
      };
      const paths = ["muted_until_time"];
      await client.unary(updateMember, { member: mute, updateMask: { paths }, reason: "loud" }, ada);
      await own.until(() => own.replicas.get(mutedId).members.get(grace.id)?.mutedUntilTime !== undefined);
      assert.equal(own.replicas.get(mutedId).members.get(grace.id)?.reason, "");
      assert.equal((await roomOf(client, { id: mutedId }, grace)).self?.reason, "");
    });
  });
}
