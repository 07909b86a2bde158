import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { bytesOf, messageOf, send } from "../support/messages.ts";
import { auditOf, giveRole, type Person, register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateMessage, deleteMessage, setReaction } = v1.ChatService.method;
const { openDirectRoom, updateMember } = v1.RoomService.method;

interface Edit {
  readonly text?: string;
  readonly payload?: Uint8Array;
  readonly payloadType?: string;
  readonly pinned?: boolean;
}

for (const runtime of runtimes) {
  describe(`changing messages on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const bob = await register(client, "bob");
    const room = await makeRoom(client, ada);
    await bringIn(client, { room, owner: ada }, bob);

    async function update(
      person: Person,
      { roomId, seq }: { roomId: string; seq: bigint },
      edit: Edit,
      { paths = Object.keys(edit).map(toPath), expectedRevision = 0n } = {},
    ): Promise<v1.Message> {
      const message = { roomId, seq, ...edit };
      const request = { message, updateMask: { paths: [...paths] }, expectedRevision };
      const { message: updated } = await client.unary(updateMessage, request, person);
      assert.ok(updated);
      return updated;
    }

    async function react(person: Person, { roomId, seq }: v1.Message, emoji: string, removed = false) {
      const { reactions } = await client.unary(setReaction, { roomId, seq, emoji, removed }, person);
      return reactions.map(({ emoji, count, self }) => `${emoji} ${count}${self ? " self" : ""}`);
    }

    test("an edit changes what its mask names, raises the revision, and is what others read", async () => {
      const fields = { text: "first", mentionUserIds: [bob.id], payload: Uint8Array.of(1), payloadType: "a" };
      const sent = await send(client, { room, from: ada }, fields);
      const edited = await update(ada, sent, { text: "second" });
      assert.deepEqual([edited.text, edited.revision], ["second", sent.revision + 1n]);
      assert.deepEqual([[...edited.payload], edited.mentionUserIds], [[1], [bob.id]]);
      assert.ok(edited.updateTime && edited.createTime && sent.createTime);
      assert.ok(timestampMs(edited.updateTime) >= timestampMs(edited.createTime));
      assert.deepEqual(edited.createTime, sent.createTime);
      const both = await update(ada, sent, { payload: Uint8Array.of(2), payloadType: "b" });
      assert.deepEqual([both.text, [...both.payload], both.payloadType], ["second", [2], "b"]);
      const bare = await update(ada, sent, { payload: new Uint8Array(), payloadType: "" });
      assert.deepEqual([bare.text, bare.payload.length, bare.payloadType], ["second", 0, ""]);
      assert.equal(bytesOf(await messageOf(client, sent, bob)), bytesOf(bare));
    });

    test("the same again changes nothing; of two edits from one revision the second is refused", async () => {
      const sent = await send(client, { room, from: ada }, "first");
      const same = await update(ada, sent, { text: "first", pinned: false });
      assert.equal(bytesOf(same), bytesOf(sent));
      assert.equal((await roomOf(client, room, ada)).revision, sent.revision);
      const once = { expectedRevision: sent.revision };
      const attempts = [1, 2, 3].map((index) => update(ada, sent, { text: `edit ${index}` }, once));
      const results = await Promise.allSettled(attempts);
      const refused = results.filter((result) => result.status === "rejected");
      assert.equal(refused.length, 2);
      const { code, reason } = await refusalOf(Promise.reject(refused[0]?.reason));
      assert.deepEqual([code, reason], [status.ABORTED, "EDIT_CONFLICT"]);
    });

    test("a message is edited by its sender alone, and pinned by whoever may", async () => {
      const sent = await send(client, { room, from: bob }, "bob's");
      const others = await refusalOf(update(ada, sent, { text: "ada's" }));
      assert.deepEqual([others.code, others.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
      const pin = await refusalOf(update(bob, sent, { pinned: true }));
      assert.deepEqual([pin.code, pin.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
      const both = await refusalOf(update(bob, sent, { text: "x", pinned: true }));
      assert.equal(both.reason, "NOT_PERMITTED");
      assert.equal((await messageOf(client, sent, bob)).text, "bob's");
      assert.equal((await update(ada, sent, { pinned: true })).pinned, true);
      assert.equal((await update(ada, sent, { pinned: false })).pinned, false);
      const mute = {
        roomId: room.id,
        userId: bob.id,
        deny: [v1.Permission.EDIT_OWN, v1.Permission.DELETE_OWN],
      };
      await client.unary(updateMember, { member: mute, updateMask: { paths: ["deny"] } }, ada);
      assert.equal((await refusalOf(update(bob, sent, { text: "x" }))).reason, "NOT_PERMITTED");
      const deletion = client.unary(deleteMessage, { roomId: room.id, seq: sent.seq }, bob);
      assert.equal((await refusalOf(deletion)).reason, "NOT_PERMITTED");
      await client.unary(
        updateMember,
        { member: { ...mute, deny: [] }, updateMask: { paths: ["deny"] } },
        ada,
      );
    });

    test("edits that make no message are refused with their field", async () => {
      const sent = await send(
        client,
        { room, from: ada },
        { text: "text", payload: Uint8Array.of(1), payloadType: "t" },
      );
      const empty = { payload: new Uint8Array(), payloadType: "" };
      const cases = [
        [{}, [], "FIELD_REQUIRED", "update_mask"],
        [{ text: "x" }, ["text", "sender_id"], "FIELD_UNKNOWN", "update_mask"],
        [{ text: "x" }, ["*"], "FIELD_UNKNOWN", "update_mask"],
        [{ payloadType: "x" }, ["payload_type"], "FIELD_INVALID", "update_mask"],
        [{ text: " " }, ["text"], "TEXT_EMPTY", "message.text"],
        [{ text: "x".repeat(16 * 1024 + 1) }, ["text"], "TEXT_TOO_LONG", "message.text"],
        [{ text: "", ...empty }, ["text", "payload"], "TEXT_EMPTY", "message.text"],
        [{ payload: Uint8Array.of(1) }, ["payload"], "FIELD_REQUIRED", "message.payload_type"],
        [
          { payload: new Uint8Array(32 * 1024 + 1), payloadType: "t" },
          ["payload"],
          "FIELD_TOO_LONG",
          "message.payload",
        ],
      ] as const;
      for (const [edit, paths, reason, field] of cases) {
        const refusal = await refusalOf(update(ada, sent, edit, { paths: [...paths] }));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, reason, field],
        );
      }
      assert.equal((await update(ada, sent, { text: "" })).text, "");
      assert.equal((await refusalOf(update(ada, sent, empty))).field, "message.payload");
      const negative = client.unary(updateMessage, { message: sent, expectedRevision: -1n }, ada);
      assert.equal((await refusalOf(negative)).field, "expected_revision");
      for (const seq of [-1n, 2n ** 63n - 1n]) {
        assert.equal(
          (await refusalOf(update(ada, { roomId: room.id, seq }, { text: "x" }))).field,
          "message.seq",
        );
      }
      assert.equal((await refusalOf(client.unary(updateMessage, {}, ada))).field, "message");
    });

    test("a deletion leaves a tombstone, and again changes nothing", async () => {
      const sent = await send(
        client,
        { room, from: bob },
        {
          text: "gone soon",
          mentionUserIds: [ada.id],
          payload: Uint8Array.of(1),
          payloadType: "t",
          clientMessageId: "deleted",
          ttl: { seconds: 60n },
        },
      );
      await react(ada, sent, "👍");
      await update(ada, sent, { pinned: true });
      const mentions = (await roomOf(client, room, ada)).self?.mentionCount ?? 0n;
      const { message: tombstone } = await client.unary(
        deleteMessage,
        { roomId: room.id, seq: sent.seq },
        bob,
      );
      assert.ok(tombstone);
      const { text, payload, payloadType, mentionUserIds, reactions, pinned, deleted, expireTime } =
        tombstone;
      assert.deepEqual(
        {
          text,
          payload: payload.length,
          payloadType,
          mentionUserIds,
          reactions,
          pinned,
          deleted,
          expireTime,
        },
        {
          text: "",
          payload: 0,
          payloadType: "",
          mentionUserIds: [],
          reactions: [],
          pinned: false,
          deleted: true,
          expireTime: undefined,
        },
      );
      assert.deepEqual(
        [tombstone.seq, tombstone.id, tombstone.senderId, tombstone.revision],
        [sent.seq, sent.id, bob.id, sent.revision + 3n],
      );
      assert.equal((await roomOf(client, room, ada)).self?.mentionCount, mentions - 1n);
      const again = await client.unary(deleteMessage, { roomId: room.id, seq: sent.seq }, bob);
      assert.equal(bytesOf(again.message), bytesOf(tombstone));
      assert.equal((await roomOf(client, room, ada)).revision, tombstone.revision);
      assert.equal(bytesOf(await messageOf(client, sent, ada)), bytesOf(tombstone));

      for (const attempt of [() => update(bob, sent, { text: "back" }), () => react(ada, sent, "👍")]) {
        const { code, reason } = await refusalOf(attempt());
        assert.deepEqual([code, reason], [status.FAILED_PRECONDITION, "MESSAGE_DELETED"]);
      }
    });

    test("another's message is deleted by whoever may, and that is written down with its reason", async () => {
      const moderator = await register(client, `moderator-${runtime}`);
      await bringIn(client, { room, owner: ada, role: v1.Role.MODERATOR }, moderator);
      const sent = await send(client, { room, from: ada }, "the owner's");
      const deletion = { roomId: room.id, seq: sent.seq, reason: "spam" };
      const { code, reason } = await refusalOf(client.unary(deleteMessage, deletion, bob));
      assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
      const long = client.unary(deleteMessage, { ...deletion, reason: "x".repeat(513) }, moderator);
      assert.equal((await refusalOf(long)).field, "reason");
      await client.unary(deleteMessage, deletion, moderator);
      await client.unary(deleteMessage, { ...deletion, reason: "again" }, moderator);
      const entries = (await auditOf(server, ada.id)).filter(({ action }) => action === "message-deleted");
      assert.deepEqual(
        entries.map(({ actorId, targetId, detail }) => [actorId, targetId, detail]),
        [[moderator.id, ada.id, `message ${sent.seq} of room ${room.id}; spam`]],
      );
      const own = await send(client, { room, from: bob }, "bob's own");
      await client.unary(deleteMessage, { roomId: room.id, seq: own.seq, reason: "mistake" }, bob);
      const bobs = await auditOf(server, bob.id);
      assert.deepEqual(
        bobs.filter(({ action }) => action === "message-deleted"),
        [],
      );
      const unknown = client.unary(deleteMessage, { roomId: room.id, seq: 9_999n }, ada);
      assert.equal((await refusalOf(unknown)).reason, "MESSAGE_NOT_FOUND");
    });

    test("an administrator deletes what was reported to them, even where they can't read", async () => {
      const admin = await register(client, `admin-${runtime}`);
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      const { room: direct } = await client.unary(openDirectRoom, { userIds: [bob.id] }, ada);
      assert.ok(direct);
      const sent = await send(client, { room: direct, from: ada }, "reported");
      assert.equal((await refusalOf(messageOf(client, sent, admin))).reason, "NOT_A_MEMBER");
      const { message } = await client.unary(deleteMessage, { roomId: direct.id, seq: sent.seq }, admin);
      assert.equal(message?.deleted, true);
      assert.equal((await messageOf(client, sent, bob)).deleted, true);
    });
  });
}

function toPath(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
