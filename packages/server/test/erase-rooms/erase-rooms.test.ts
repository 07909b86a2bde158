import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { refusalOf, TestClient } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { LiveReader } from "../support/live-reader.ts";
import { bytesOf, historyOf, messageOf, search, send } from "../support/messages.ts";
import { operatorClient, register } from "../support/people.ts";
import { bringIn, makeRoom, membersOf, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";

const { deleteUser } = v1.UserService.method;
const { createServiceKey, deleteServiceKey } = v1.AdminService.method;
const { openDirectRoom, addMembers } = v1.RoomService.method;
const { setReaction, sendMessage } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`erasing someone from rooms on ${runtime}`, () => {
    test("takes back reactions, leaves the rooms and leaves tombstones, and who listens sees each of it", async () => {
      const dataDir = temporaryFolder();
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
      const room = await makeRoom(client, ada, { title: "engine" });
      const empty = await makeRoom(client, grace, { title: "graces own" });
      await bringIn(client, { room, owner: ada }, grace);
      await client.unary(addMembers, { roomId: empty.id, userIds: [ada.id] }, grace);
      const { room: direct } = await client.unary(openDirectRoom, { userIds: [ada.id] }, grace);
      assert.ok(direct);
      const said = await send(client, { room: direct, from: grace }, "secret clarinet");

      const asked = await send(client, { room, from: ada }, { text: "hm?", mentionUserIds: [grace.id] });
      const answer = { text: "secret trombone", payload: Buffer.from("secret tuba"), payloadType: "a/b" };
      const answered = await send(client, { room, from: grace }, answer);
      const key = { roomId: room.id, seq: asked.seq };
      await client.unary(setReaction, { ...key, emoji: "👍" }, grace);
      await client.unary(setReaction, { ...key, emoji: "👍" }, ada);
      await client.unary(setReaction, { ...key, emoji: "🎉" }, grace);
      using reader = await LiveReader.open(client, ada);
      const request = { userId: "me", eraseMessages: true };
      const counted = await client.unary(deleteUser, { ...request, validateOnly: true }, grace);
      assert.deepEqual(
        [counted.erased.members, counted.erased.reactions, counted.erased.messages],
        [3n, 2n, 2n],
      );
      assert.deepEqual((await client.unary(deleteUser, request, grace)).erased, counted.erased);

      const now = await roomOf(client, room, ada);
      assert.equal(now.memberCount, 1);
      assert.deepEqual([...(await membersOf(client, room, ada)).keys()], [ada.id]);
      const left = await membersOf(client, room, ada, v1.MemberState.LEFT);
      assert.deepEqual([...left.keys()], [grace.id]);
      const liked = await messageOf(client, key, ada);
      assert.deepEqual(
        liked.reactions.map(({ emoji, count, self }) => [emoji, count, self]),
        [["👍", 1, true]],
      );
      const stone = await messageOf(client, { roomId: room.id, seq: answered.seq }, ada);
      assert.deepEqual([stone.deleted, stone.text, stone.payload.length], [true, "", 0]);

      await reader.until(() => reader.replicas.get(room.id).revision === now.revision);
      const replica = reader.replicas.get(room.id);
      assert.equal(bytesOf(replica.messages.get(answered.seq)), bytesOf(stone));
      assert.equal(replica.members.get(grace.id)?.state, v1.MemberState.LEFT);
      assert.deepEqual(reader.replicas.problems, []);

      // The direct room stays, to be read; there is no other one to be opened with someone who is gone.
      const [, ...older] = (await historyOf(client, { room: direct, by: ada })).messages;
      assert.deepEqual(older, []);
      assert.equal((await messageOf(client, { roomId: direct.id, seq: said.seq }, ada)).deleted, true);
      assert.equal((await roomOf(client, direct, ada)).memberCount, 1);
      const open = client.unary(openDirectRoom, { userIds: [grace.id] }, ada);
      assert.equal((await refusalOf(open)).reason, "USER_NOT_FOUND");
      // A room whose only owner is gone is nobody's, and still there.
      assert.equal((await roomOf(client, empty, ada)).memberCount, 0);

      assert.deepEqual(await search(client, ada, "secret"), []);
      const traces = { text: "trombone", direct: "clarinet", payload: "tuba" };
      assert.equal(await server.stop("SIGTERM"), 0);
      assert.deepEqual(findInFiles(dataDir, traces), []);
      rmSync(dataDir, { recursive: true });
    });

    test("leaves what they wrote, nameless, where that is not asked for", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
      const room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, grace);
      const { seq } = await send(client, { room, from: grace }, "what grace said");
      await client.unary(deleteUser, { userId: "me" }, grace);
      const message = await messageOf(client, { roomId: room.id, seq }, ada);
      assert.deepEqual(
        [message.text, message.senderId, message.deleted],
        ["what grace said", grace.id, false],
      );
      const again = client.unary(sendMessage, { roomId: room.id, text: "still here" }, grace);
      assert.equal((await refusalOf(again)).reason, "SESSION_REVOKED");
    });

    test("a service account leaves its rooms with its key", async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      using operator = operatorClient(server);
      const { key, serviceKey } = await operator.unary(createServiceKey, { name: "shop" });
      const ada = await register(client, "ada");
      const room = await makeRoom(client, ada);
      const userIds = [serviceKey?.userId ?? ""];
      await client.unary(addMembers, { roomId: room.id, userIds: ["me"] }, { token: key });
      assert.ok((await membersOf(client, room, ada)).has(userIds[0] ?? ""));
      using reader = await LiveReader.open(client, ada);
      await operator.unary(deleteServiceKey, { name: "shop" });
      await reader.until(() => reader.replicas.get(room.id).members.has(userIds[0] ?? ""));
      assert.equal(reader.replicas.get(room.id).members.get(userIds[0] ?? "")?.state, v1.MemberState.LEFT);
      assert.equal((await roomOf(client, room, ada)).memberCount, 1);
    });
  });
}
