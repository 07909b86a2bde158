import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { historyOf, messageOf, send } from "../support/messages.ts";
import { auditOf, operatorClient, type Person, register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { setReaction, removeReactions, listReactions, deleteMessage } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`reactions on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const bob = await register(client, "bob");
    const room = await makeRoom(client, ada);
    await bringIn(client, { room, owner: ada }, bob);

    async function react(person: Person, { roomId, seq }: v1.Message, emoji: string, removed = false) {
      const { reactions } = await client.unary(setReaction, { roomId, seq, emoji, removed }, person);
      return reactions.map(({ emoji, count, self }) => `${emoji} ${count}${self ? " self" : ""}`);
    }

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

    test("an emoji is the same with and without its variation selector, and is told in one form", async () => {
      const sent = await send(client, { room, from: ada }, "hearts");
      using reader = await LiveReader.open(client, bob);
      assert.deepEqual(await react(ada, sent, "\u2764"), ["❤️ 1 self"]);
      assert.deepEqual(await react(ada, sent, "\u2764\ufe0f"), ["❤️ 1 self"]);
      assert.deepEqual(await react(bob, sent, "\u2764\ufe0e"), ["❤️ 2 self"]);
      assert.deepEqual(await react(ada, sent, "\u2764\ufe0f", true), ["❤️ 1"]);
      const { revision } = await roomOf(client, room, ada);
      await reader.until(() => reader.replicas.get(room.id).revision === revision, "the reactions");
      const told = reader.frames.flatMap(({ frame }) =>
        frame.case === "event" && frame.value.change.case === "reaction" ? frame.value.change.value : [],
      );
      assert.deepEqual(
        told.map(({ emoji, removed, userId }) => [emoji, removed, userId]),
        [
          ["❤️", false, ada.id],
          ["❤️", false, bob.id],
          ["❤️", true, ada.id],
        ],
      );
    });

    test("a moderator takes off anyone's reaction, or all of an emoji, told to all and written down", async () => {
      const sent = await send(client, { room, from: bob }, "much reacted to");
      const { roomId, seq } = sent;
      for (const [person, emoji] of [
        [ada, "👍"],
        [bob, "👍"],
        [bob, "👎"],
        [ada, "👎"],
      ] as const) {
        await react(person, sent, emoji);
      }
      using reader = await LiveReader.open(client, bob);
      const remove = async (by: Person, emoji: string, userId = "") => {
        const request = { roomId, seq, emoji, userId, reason: "rude" };
        const { reactions } = await client.unary(removeReactions, request, by);
        return reactions.map(({ emoji, count, self }) => `${emoji} ${count}${self ? " self" : ""}`);
      };
      for (const userId of [ada.id, ""]) {
        const { code, reason } = await refusalOf(remove(bob, "👍", userId));
        assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
      }
      assert.equal((await refusalOf(remove(ada, "x"))).reason, "FIELD_INVALID");
      assert.deepEqual(await remove(ada, "👍", bob.id), ["👍 1 self", "👎 2 self"]);
      const { revision } = await roomOf(client, room, ada);
      assert.deepEqual(await remove(ada, "👍", bob.id), ["👍 1 self", "👎 2 self"]);
      assert.deepEqual(await remove(ada, "🎉"), ["👍 1 self", "👎 2 self"]);
      assert.equal((await roomOf(client, room, ada)).revision, revision);
      assert.deepEqual(await remove(ada, "👎"), ["👍 1 self"]);

      const stored = await messageOf(client, sent, bob);
      assert.deepEqual(
        stored.reactions.map(({ emoji, count, self }) => [emoji, count, self]),
        [["👍", 1, false]],
      );
      await reader.until(() => reader.replicas.get(room.id).revision === stored.revision, "the removals");
      const told = reader.frames.flatMap(({ frame }) =>
        frame.case === "event" && frame.value.change.case === "reaction"
          ? [[frame.value.actorId, frame.value.change.value.emoji, frame.value.change.value.userId]]
          : [],
      );
      assert.deepEqual(told, [
        [ada.id, "👍", bob.id],
        [ada.id, "👎", ""],
      ]);
      const written = (await auditOf(server, ada.id)).filter(({ action }) => action === "reactions-removed");
      assert.deepEqual(
        written.map(({ targetId, detail }) => [targetId, detail]),
        [
          ["", `👎 on message ${seq} of room ${roomId}; rude`],
          [bob.id, `👍 on message ${seq} of room ${roomId}; rude`],
        ],
      );
      await client.unary(deleteMessage, { roomId, seq }, bob);
      assert.equal((await refusalOf(remove(ada, "👍"))).reason, "MESSAGE_DELETED");
    });

    test("who has reacted is listed by emoji, page by page", async () => {
      const sent = await send(client, { room, from: ada }, "who?");
      const { roomId, seq } = sent;
      for (const emoji of ["👍", "🎉", "\u2764"]) await react(ada, sent, emoji);
      for (const emoji of ["🎉", "👍"]) await react(bob, sent, emoji);
      const list = async (request: { emoji?: string; pageSize?: number } = {}) => {
        const listed: v1.Reaction[] = [];
        let pageToken = "";
        do {
          const page = await client.unary(listReactions, { roomId, seq, ...request, pageToken }, bob);
          assert.ok(page.reactions.length <= (request.pageSize ?? 100));
          listed.push(...page.reactions);
          pageToken = page.nextPageToken;
        } while (pageToken !== "");
        return listed.map(({ emoji, userId }) => `${emoji} ${userId === ada.id ? "ada" : "bob"}`);
      };
      const all = ["❤️ ada", "🎉 ada", "🎉 bob", "👍 ada", "👍 bob"];
      const both = (emoji: string) => [`${emoji} ada`, `${emoji} bob`];
      assert.deepEqual((await list()).sort(), all);
      for (const pageSize of [1, 2, 5]) assert.deepEqual((await list({ pageSize })).sort(), all);
      assert.deepEqual((await list({ emoji: "🎉", pageSize: 1 })).sort(), both("🎉"));
      assert.deepEqual(await list({ emoji: "\u2764" }), ["❤️ ada"]);
      assert.deepEqual(await list({ emoji: "👀" }), []);
      const { reactions } = await client.unary(listReactions, { roomId, seq, emoji: "❤️" }, bob);
      assert.ok(reactions[0]?.createTime);

      const { nextPageToken: pageToken } = await client.unary(
        listReactions,
        { roomId, seq, pageSize: 1 },
        bob,
      );
      const other = client.unary(listReactions, { roomId, seq, emoji: "👍", pageToken }, bob);
      assert.equal((await refusalOf(other)).reason, "PAGE_TOKEN_INVALID");
      const wrong = client.unary(listReactions, { roomId, seq, emoji: "no emoji" }, bob);
      assert.equal((await refusalOf(wrong)).reason, "FIELD_INVALID");
      await client.unary(deleteMessage, { roomId, seq }, ada);
      assert.deepEqual(await list(), []);
    });

    test("many who react at once are all counted", async () => {
      const sent = await send(client, { room, from: ada }, "a crowd");
      await Promise.all(
        [ada, bob].flatMap((person) => ["👍", "🎉", "👀"].map((emoji) => react(person, sent, emoji))),
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
  test("are one emoji or one name, at most ten kinds of a member and fifty on a message, from people with an account", async () => {
    await using server = await startServerProcess({ runtime: "bun" });
    using client = new TestClient(server.address);
    const people: Person[] = [];
    for (const name of ["ada", "bob", "cem", "dora", "eve", "finn"])
      people.push(await register(client, name));
    const [ada, ...others] = people as [Person, ...Person[]];
    const room = await makeRoom(client, ada);
    await bringIn(client, { room, owner: ada }, ...others);
    const { seq } = await send(client, { room, from: ada }, "react");
    const react = (by: Person, emoji: string, removed = false) =>
      client.unary(setReaction, { roomId: room.id, seq, emoji, removed }, by);
    for (const [emoji, reason] of [
      ["", "FIELD_REQUIRED"],
      ["\u200b", "FIELD_INVALID"],
      ["👍👍", "FIELD_INVALID"],
      ["a", "FIELD_INVALID"],
      [":Name:", "FIELD_INVALID"],
      [`:${"x".repeat(31)}:`, "FIELD_TOO_LONG"],
    ] as const) {
      const refusal = await refusalOf(react(ada, emoji));
      assert.deepEqual(
        [refusal.code, refusal.reason, refusal.field],
        [status.INVALID_ARGUMENT, reason, "emoji"],
      );
    }
    for (const [index, person] of people.slice(0, 5).entries()) {
      for (let kind = 0; kind < 10; kind++) await react(person, `:kind-${index}-${kind}:`);
      const { reason, field } = await refusalOf(react(person, ":one-more:"));
      assert.deepEqual([reason, field], ["FIELD_INVALID", "emoji"]);
      await react(person, `:kind-${index}-0:`);
    }
    const last = people.at(-1) as Person;
    assert.equal((await refusalOf(react(last, "❤"))).reason, "FIELD_INVALID");
    await react(ada, ":kind-0-3:", true);
    const { reactions } = await react(ada, "❤");
    assert.equal(reactions.length, 50);
    assert.equal(reactions.at(-1)?.emoji, "❤️");
    assert.equal((await react(last, "❤️")).reactions.at(-1)?.count, 2);

    using operator = operatorClient(server);
    const above = operator.unary(setReaction, { roomId: room.id, seq, emoji: "👍" });
    assert.equal((await refusalOf(above)).reason, "NOT_PERMITTED");
  });
});
