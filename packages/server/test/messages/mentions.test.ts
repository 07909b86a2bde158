import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { refusalOf } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { messageOf, send } from "../support/messages.ts";
import { type Person, register } from "../support/people.ts";
import { bringIn, makeRoom, RoomActs, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { sendMessage, updateMessage, updateReadCursor, deleteMessage } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`mentions that are edited on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const acts = new RoomActs(client);
    const [ada, bob, eve] = [
      await register(client, "ada"),
      await register(client, "bob"),
      await register(client, "eve"),
    ] as const;

    async function openRoom(): Promise<v1.Room> {
      const room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, bob, eve);
      return room;
    }

    async function edit(
      by: Person,
      { roomId, seq }: Pick<v1.Message, "roomId" | "seq">,
      mentionUserIds: string[],
      more: { text?: string; expectedRevision?: bigint } = {},
    ): Promise<v1.Message> {
      const { text, expectedRevision = 0n } = more;
      const message = { roomId, seq, mentionUserIds, ...(text !== undefined && { text }) };
      const paths = ["mention_user_ids", ...(text === undefined ? [] : ["text"])];
      const request = { message, updateMask: { paths }, expectedRevision };
      const { message: edited } = await client.unary(updateMessage, request, by);
      assert.ok(edited);
      return edited;
    }

    async function mentionsOf(person: Person, room: v1.Room): Promise<bigint | undefined> {
      return (await roomOf(client, room, person)).self?.mentionCount;
    }

    test("counts follow both ways, and everyone is told once", async () => {
      const room = await openRoom();
      const sent = await send(client, { room, from: ada }, { text: "hey", mentionUserIds: [eve.id] });
      using reader = await LiveReader.open(client, bob);
      assert.deepEqual([await mentionsOf(bob, room), await mentionsOf(eve, room)], [0n, 1n]);

      const edited = await edit(ada, sent, [bob.id], { text: "hey bob" });
      assert.deepEqual([edited.mentionUserIds, edited.text], [[bob.id], "hey bob"]);
      assert.equal(edited.revision, sent.revision + 1n);
      assert.deepEqual([await mentionsOf(bob, room), await mentionsOf(eve, room)], [1n, 0n]);
      await reader.until(() => reader.replicas.get(room.id).revision === edited.revision, "the edit");
      assert.deepEqual(reader.replicas.get(room.id).messages.get(1n)?.mentionUserIds, [bob.id]);

      await edit(ada, sent, ["all"]);
      assert.deepEqual([await mentionsOf(bob, room), await mentionsOf(eve, room)], [1n, 1n]);
      await edit(ada, sent, [eve.id, bob.id]);
      await client.unary(updateReadCursor, { roomId: room.id, readSeq: 1n }, bob);
      assert.deepEqual([await mentionsOf(bob, room), await mentionsOf(eve, room)], [0n, 1n]);
      await edit(ada, sent, []);
      assert.deepEqual([await mentionsOf(bob, room), await mentionsOf(eve, room)], [0n, 0n]);
      assert.deepEqual((await messageOf(client, sent, bob)).mentionUserIds, []);
    });

    test("the same people in another order, or twice, are no change", async () => {
      const room = await openRoom();
      const mentionUserIds = [bob.id, eve.id];
      const sent = await send(client, { room, from: ada }, { text: "hey", mentionUserIds });
      const { revision, mentionUserIds: kept } = await edit(ada, sent, [eve.id, bob.id, eve.id]);
      assert.deepEqual([revision, kept], [sent.revision, mentionUserIds]);
      assert.equal((await roomOf(client, room, ada)).revision, sent.revision);
    });

    test("who was mentioned may stay after leaving; who is new must be a member, and `all` be allowed", async () => {
      const room = await openRoom();
      const stranger = await register(client, "stranger");
      const sent = await send(client, { room, from: bob }, { text: "hey", mentionUserIds: [eve.id] });
      await acts.remove(eve, room, eve);
      await edit(bob, sent, [eve.id, ada.id]);
      for (const [by, ids, reason] of [
        [bob, [stranger.id], "MENTION_NOT_MEMBER"],
        [bob, ["nobody"], "MENTION_NOT_MEMBER"],
        [bob, ["all"], "NOT_PERMITTED"],
        [bob, [""], "FIELD_INVALID"],
        [bob, Array.from({ length: 101 }, (_, index) => `user ${index}`), "TOO_MANY_IDS"],
      ] as const) {
        const refusal = await refusalOf(edit(by, sent, [...ids]));
        assert.deepEqual([refusal.reason, refusal.field], [reason, "message.mention_user_ids"]);
      }
      assert.equal((await refusalOf(edit(ada, sent, []))).reason, "NOT_PERMITTED");
      const conflict = edit(bob, sent, [], { expectedRevision: sent.revision });
      assert.equal((await refusalOf(conflict)).reason, "EDIT_CONFLICT");
      assert.deepEqual((await messageOf(client, sent, ada)).mentionUserIds, [eve.id, ada.id]);
      await edit(bob, sent, [ada.id]);
      assert.equal((await refusalOf(edit(bob, sent, [eve.id]))).reason, "MENTION_NOT_MEMBER");
    });

    test("a repeat of the send is still recognised, and a deleted message mentions nobody any more", async () => {
      const room = await openRoom();
      const request = { roomId: room.id, clientMessageId: "once", text: "hey", mentionUserIds: [eve.id] };
      await client.unary(sendMessage, request, ada);
      await edit(ada, { roomId: room.id, seq: 1n }, [bob.id]);
      const { message, duplicate } = await client.unary(sendMessage, request, ada);
      assert.deepEqual([duplicate, message?.mentionUserIds], [true, [bob.id]]);
      await client.unary(deleteMessage, { roomId: room.id, seq: 1n }, ada);
      assert.equal(await mentionsOf(bob, room), 0n);
      const late = edit(ada, { roomId: room.id, seq: 1n }, [eve.id]);
      assert.equal((await refusalOf(late)).reason, "MESSAGE_DELETED");
      assert.equal(await mentionsOf(eve, room), 0n);
    });
  });
}
