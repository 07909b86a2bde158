import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { historyOf, messageOf, send } from "../support/messages.ts";
import { operatorClient, type Person, register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const { setReaction } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`reactions on ${runtime}`, () => {
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
