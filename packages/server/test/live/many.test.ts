import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { register } from "../support/people.ts";
import { openRoomWith, post, readHistory } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { sendMessage, setReaction, updateMessage } = v1.ChatService.method;
const { openDirectRoom, updateRoom } = v1.RoomService.method;
const { updateRelationship } = v1.UserService.method;

const SENDERS = 100;
const SENDS_EACH = 20;
const READERS = 50;
const MAX_STAY_MS = 600;

for (const runtime of runtimes) {
  describe(`many at once, on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const grace = await register(client, "grace");

    test(`${READERS} readers that come and go while ${SENDERS} send all see one order, each message once`, async () => {
      const roomId = await openRoomWith(client, ada, grace);
      const readers = Array.from({ length: READERS }, () => ({
        replicas: new Replicas(),
        client: new TestClient(server.address),
      }));
      for (const { replicas, client: own } of readers) {
        using _first = await LiveReader.open(own, grace, { replicas });
      }
      let isOver = false;
      const reading = readers.map(async ({ replicas, client: own }) => {
        while (!isOver) {
          using _reader = await LiveReader.open(own, grace, { replicas });
          await sleep(Math.random() * MAX_STAY_MS);
        }
        using _last = await LiveReader.open(own, grace, { replicas });
      });
      const acknowledged = new Map<string, bigint>();
      const send = async (sender: number): Promise<void> => {
        for (let sent = 0; sent < SENDS_EACH; sent++) {
          const clientMessageId = `${sender}-${sent}`;
          const request = { roomId, text: `from ${sender}`, clientMessageId };
          const { message } = await client.unary(sendMessage, request, ada);
          acknowledged.set(clientMessageId, message?.seq ?? 0n);
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
      isOver = true;
      await Promise.all(reading);
      const stored = await readHistory(client, grace, roomId);
      assert.equal(stored.size, SENDERS * SENDS_EACH);
      for (const [id, seq] of acknowledged) assert.equal(stored.get(seq)?.clientMessageId, id);
      for (const { replicas, client: own } of readers) {
        assert.deepEqual(replicas.problems, []);
        assert.deepEqual(
          replicas.heard.map(({ seq }) => seq),
          Array.from({ length: stored.size }, (_, index) => BigInt(index + 1)),
        );
        own[Symbol.dispose]();
      }
    });

    test("an event is the same for everyone: nothing in it is one reader's own", async () => {
      const roomId = await openRoomWith(client, ada, grace);
      using one = await LiveReader.open(client, ada);
      using other = await LiveReader.open(client, grace);
      await post(client, ada, roomId, "react to this");
      await client.unary(setReaction, { roomId, seq: 1n, emoji: "👍" }, grace);
      await client.unary(
        updateMessage,
        { message: { roomId, seq: 1n, text: "edited" }, updateMask: { paths: ["text"] } },
        ada,
      );
      await client.unary(
        updateRoom,
        { room: { id: roomId, topic: "a topic" }, updateMask: { paths: ["topic"] } },
        ada,
      );
      for (const reader of [one, other]) {
        await reader.until(() => reader.replicas.get(roomId).room.topic === "a topic");
      }
      const eventsOf = ({ frames }: LiveReader) =>
        frames.filter(({ frame }) => frame.case === "event" && frame.value.roomId === roomId);
      assert.deepEqual(eventsOf(one), eventsOf(other));
      const { room, messages } = other.replicas.get(roomId);
      assert.deepEqual([room.self, room.lastMessage], [undefined, undefined]);
      assert.deepEqual(
        messages.get(1n)?.reactions.map(({ emoji, count, self }) => [emoji, count, self]),
        [["👍", 1, false]],
      );
    });

    test("what someone who is blocked writes to the blocker reaches nobody", async () => {
      const { room } = await client.unary(openDirectRoom, { userIds: [grace.id] }, ada);
      const roomId = room?.id ?? "";
      await post(client, ada, roomId, "hello");
      using reader = await LiveReader.open(client, grace);
      await client.unary(updateRelationship, { relationship: { userId: ada.id, blocked: true } }, grace);
      const before = reader.replicas.get(roomId).revision;
      const refusal = await refusalOf(client.unary(sendMessage, { roomId, text: "are you there?" }, ada));
      assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "DM_NOT_ALLOWED"]);
      using sender = await LiveReader.open(client, ada);
      sender.send("blocked", { roomId, text: "and now?" });
      const { result } = await sender.result("blocked");
      assert.ok(result.case === "error" && result.value.reason === "DM_NOT_ALLOWED");
      await client.unary(updateRelationship, { relationship: { userId: ada.id, blocked: false } }, grace);
      await post(client, ada, roomId, "friends again");
      await reader.until(() => reader.replicas.get(roomId).messages.has(2n));
      assert.equal(reader.replicas.get(roomId).revision, before + 1n);
      assert.deepEqual(
        reader.replicas.heard.map(({ seq }) => seq),
        [2n],
      );
    });
  });
}
