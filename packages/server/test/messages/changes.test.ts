import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join as joinPath } from "node:path";
import { after, before, describe, test } from "node:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { bytesOf, historyOf, messageOf, send } from "../support/messages.ts";
import { auditOf, giveRole, operatorClient, type Person, register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const { updateMessage, deleteMessage, setReaction, sendMessage } = v1.ChatService.method;
const { openDirectRoom, updateMember } = v1.RoomService.method;

interface Edit {
  readonly text?: string;
  readonly payload?: Uint8Array;
  readonly payloadType?: string;
  readonly pinned?: boolean;
}

for (const runtime of runtimes) {
  describe(`changing messages on ${runtime}`, () => {
    let server: ServerProcess;
    let client: TestClient;
    let ada: Person;
    let bob: Person;
    let room: v1.Room;
    before(async () => {
      server = await startServerProcess({ runtime });
      client = new TestClient(server.address);
      ada = await register(client, "ada");
      bob = await register(client, "bob");
      room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, bob);
    });
    after(async () => {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    });

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

    test("reactions are counted in the order of their first use, each person once", async () => {
      const sent = await send(client, { room, from: ada }, "react to this");
      assert.deepEqual(await react(ada, sent, "👍"), ["👍 1 self"]);
      assert.deepEqual(await react(bob, sent, "🎉"), ["👍 1", "🎉 1 self"]);
      assert.deepEqual(await react(bob, sent, "👍"), ["👍 2 self", "🎉 1 self"]);
      const { revision } = await roomOf(client, room, ada);
      assert.deepEqual(await react(bob, sent, "👍"), ["👍 2 self", "🎉 1 self"]);
      assert.deepEqual(await react(ada, sent, "🎉", true), ["👍 2 self", "🎉 1"]);
      assert.equal((await roomOf(client, room, ada)).revision, revision);
      assert.equal((await messageOf(client, sent, ada)).revision, revision);
      assert.deepEqual(await react(ada, sent, "👍", true), ["👍 1", "🎉 1"]);
      assert.deepEqual(await react(bob, sent, "👍", true), ["🎉 1 self"]);
      const { messages } = await historyOf(client, { room, by: bob }, { aroundSeq: sent.seq, pageSize: 1 });
      assert.deepEqual(
        messages[0]?.reactions.map(({ emoji, count, self }) => [emoji, count, self]),
        [["🎉", 1, true]],
      );
      assert.equal((await messageOf(client, sent, ada)).reactions[0]?.self, false);
    });

    test("many who react at once are all counted", async () => {
      const sent = await send(client, { room, from: ada }, "a crowd");
      await Promise.all(
        [ada, bob].flatMap((person) => ["a", "b", "c"].map((emoji) => react(person, sent, emoji))),
      );
      const { reactions } = await messageOf(client, sent, ada);
      assert.deepEqual(
        reactions.map(({ count }) => count),
        [2, 2, 2],
      );
    });
  });
}

describe("reactions", () => {
  test("are short, without blanks, at most fifty kinds on a message, and from people with an account", async () => {
    await using server = await startServerProcess({ runtime: "bun" });
    using client = new TestClient(server.address);
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);
    const { seq } = await send(client, { room, from: ada }, "react");
    const react = (emoji: string) => client.unary(setReaction, { roomId: room.id, seq, emoji }, ada);
    for (const [emoji, reason] of [
      ["", "FIELD_REQUIRED"],
      [" ", "FIELD_INVALID"],
      ["a b", "FIELD_INVALID"],
      ["a\0", "FIELD_INVALID"],
      ["x".repeat(33), "FIELD_TOO_LONG"],
      ["👍".repeat(17), "FIELD_TOO_LONG"],
    ] as const) {
      const refusal = await refusalOf(react(emoji));
      assert.deepEqual(
        [refusal.code, refusal.reason, refusal.field],
        [status.INVALID_ARGUMENT, reason, "emoji"],
      );
    }
    for (const emoji of ["👩‍👩‍👧", ":custom-name:", "x".repeat(32)]) await react(emoji);
    for (let index = 3; index < 50; index++) await react(`e${index}`);
    const { reason, field } = await refusalOf(react("one-more"));
    assert.deepEqual([reason, field], ["FIELD_INVALID", "emoji"]);
    const { reactions } = await react("e3");
    assert.equal(reactions.length, 50);

    using operator = operatorClient(server);
    const above = operator.unary(setReaction, { roomId: room.id, seq, emoji: "e3" });
    assert.equal((await refusalOf(above)).reason, "NOT_PERMITTED");
  });
});

for (const runtime of runtimes) {
  test(`of what was edited or deleted nothing is left in any file, on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    const server = await startServerProcess({ runtime, dataDir });
    using client = new TestClient(server.address);
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);
    const payload = Buffer.from("canary in a payload ".repeat(20));
    const count = 120;
    for (let index = 0; index < count; index++) {
      const text = `canary number${index} ${"canary ".repeat(index % 40)}`;
      await send(
        client,
        { room, from: ada },
        { text, payload, payloadType: "canary", clientMessageId: `id ${index}` },
      );
    }
    // Rows that grow make pages split, which leaves copies of rows in their unused space.
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        client.unary(setReaction, { roomId: room.id, seq: BigInt(index + 1), emoji: "x".repeat(32) }, ada),
      ),
    );
    for (let index = 0; index < count; index++) {
      const message = {
        roomId: room.id,
        seq: BigInt(index + 1),
        text: `kept ${index}`.repeat(index % 70 || 1),
      };
      if (index % 2 === 0) await client.unary(deleteMessage, message, ada);
      else await client.unary(updateMessage, { message, updateMask: { paths: ["text", "payload"] } }, ada);
    }
    await send(client, { room, from: ada }, "stays for good");
    const again = {
      roomId: room.id,
      text: "canary again",
      clientMessageId: "last",
      payload,
      payloadType: "canary",
    };
    const { message: last } = await client.unary(sendMessage, again, ada);
    await client.unary(deleteMessage, { roomId: room.id, seq: last?.seq ?? 0n }, ada);
    assert.equal(await server.stop("SIGTERM"), 0);
    const names = readdirSync(dataDir).filter((name) => name.startsWith("confab.db"));
    const traces = names.filter((name) =>
      /canary|Y2FuYXJ5/i.test(readFileSync(joinPath(dataDir, name), "latin1")),
    );
    assert.deepEqual(traces, []);
    assert.match(readFileSync(joinPath(dataDir, "confab.db"), "latin1"), /stays for good/);
    rmSync(dataDir, { recursive: true, force: true });
  });
}

function toPath(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
