import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { auditOf, operatorClient, type Person, register, signInAsGuest } from "../support/people.ts";
import { isOnPostgres } from "../support/postgres.ts";
import { bringIn, join, makeRoom, membersOf, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createRoom, getRoom, listRooms, updateRoom, deleteRoom, addMembers, removeMember } =
  v1.RoomService.method;

for (const runtime of runtimes) {
  describe(`rooms on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    const { server, client } = await forSuite(startServerProcess({ runtime, dataDir }));
    after(() => rmSync(dataDir, { recursive: true }));
    const ada = await register(client, "ada");
    const bob = await register(client, "bob");

    function update(
      person: Person,
      room: { id: string } & Partial<Omit<v1.Room, "$typeName" | "id">>,
      ...paths: readonly string[]
    ): Promise<v1.UpdateRoomResponse> {
      return client.unary(updateRoom, { room, updateMask: { paths: [...paths] } }, person);
    }

    test("a walk: make a room, invite, accept, rename, be refused, leave, delete", async () => {
      const { room } = await client.unary(
        createRoom,
        { room: { title: "Engine", topic: "first\nsecond", labels: { b: "2", a: "1" } }, userIds: [bob.id] },
        ada,
      );
      assert.ok(room);
      assert.match(room.id, /^[\w-]{16}$/);
      assert.deepEqual(
        [room.kind, room.title, room.topic, room.public, room.memberCount, room.etag, room.labels],
        [v1.RoomKind.GROUP, "Engine", "first\nsecond", false, 1, "1", { a: "1", b: "2" }],
      );
      assert.deepEqual([room.lastSeq, room.firstSeq, room.revision], [0n, 1n, 3n]);
      assert.deepEqual([room.self?.role, room.self?.state], [v1.Role.OWNER, v1.MemberState.JOINED]);
      const { policy } = room;
      assert.equal(policy?.joinRule, v1.JoinRule.INVITE);
      assert.equal(policy.historyVisibility, v1.HistoryVisibility.FULL);

      const invited = await roomOf(client, room, bob);
      assert.deepEqual(
        [invited.title, invited.self?.state, invited.self?.role],
        ["Engine", v1.MemberState.INVITED, v1.Role.MEMBER],
      );
      const joined = await join(client, room, bob);
      assert.deepEqual([joined.userId, joined.state], [bob.id, v1.MemberState.JOINED]);

      const renamed = await update(ada, { id: room.id, title: "Engines" }, "title");
      assert.deepEqual([renamed.room?.title, renamed.room?.etag], ["Engines", "2"]);
      const refusal = await refusalOf(update(bob, { id: room.id, title: "Mine" }, "title"));
      assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);

      await client.unary(removeMember, { roomId: room.id, userId: "me" }, bob);
      assert.equal((await refusalOf(roomOf(client, room, bob))).reason, "ROOM_NOT_FOUND");
      assert.equal((await roomOf(client, room, ada)).memberCount, 1);
      await client.unary(deleteRoom, { roomId: room.id }, ada);
      assert.equal((await refusalOf(roomOf(client, room, ada))).reason, "ROOM_DELETED");
    });

    test("a repeat of a request gives the first room, even at the same time", async () => {
      const request = { room: { title: "Once" }, userIds: [bob.id], requestId: "request 1" };
      const made = await Promise.all(Array.from({ length: 6 }, () => client.unary(createRoom, request, ada)));
      assert.equal(new Set(made.map(({ room }) => room?.id)).size, 1);
      const other = await client.unary(createRoom, request, bob);
      assert.notEqual(other.room?.id, made[0]?.room?.id);
      const again = await client.unary(createRoom, { ...request, requestId: "request 2" }, ada);
      assert.notEqual(again.room?.id, made[0]?.room?.id);
    });

    test("a private room is, for outsiders, the same as one that does not exist", async () => {
      const room = await makeRoom(client, ada, { title: "Secret" });
      const outsider = await register(client, "outsider");
      const calls = (roomId: string) => [
        client.unary(getRoom, { roomId }, outsider),
        update(outsider, { id: roomId, title: "x" }, "title"),
        client.unary(deleteRoom, { roomId }, outsider),
        client.unary(addMembers, { roomId, userIds: ["me"] }, outsider),
        client.unary(addMembers, { roomId, userIds: [bob.id] }, outsider),
        client.unary(addMembers, { roomId, userIds: ["nobody"] }, outsider),
        client.unary(v1.RoomService.method.listMembers, { roomId }, outsider),
        client.unary(
          v1.RoomService.method.updateMember,
          { member: { roomId, userId: ada.id, role: v1.Role.GUEST }, updateMask: { paths: ["role"] } },
          outsider,
        ),
        client.unary(removeMember, { roomId, userId: "me" }, outsider),
        client.unary(removeMember, { roomId, userId: ada.id }, outsider),
        client.unary(removeMember, { roomId, userId: "nobody" }, outsider),
        ...["me", ada.id].map((userId) =>
          client.unary(
            v1.RoomService.method.checkAccess,
            { roomId, userId, permission: v1.Permission.READ },
            outsider,
          ),
        ),
      ];
      const answers = await Promise.all(calls(room.id).map(refusalOf));
      const answersOfNone = await Promise.all(calls("AAAAAAAAAAAAAAAA").map(refusalOf));
      for (const [index, { requestId: _, ...answer }] of answers.entries()) {
        const { requestId: __, ...none } = answersOfNone[index] ?? { requestId: "" };
        assert.deepEqual(answer, none, String(index));
        assert.deepEqual([answer.code, answer.reason], [status.NOT_FOUND, "ROOM_NOT_FOUND"], String(index));
      }
    });

    test("of two changes made from the same version the second is refused", async () => {
      const room = await makeRoom(client, ada);
      const { etag } = room;
      await update(ada, { id: room.id, topic: "one", etag }, "topic");
      const { code, reason, field } = await refusalOf(
        update(ada, { id: room.id, topic: "two", etag }, "topic"),
      );
      assert.deepEqual([code, reason, field], [status.ABORTED, "EDIT_CONFLICT", "etag"]);
      assert.equal((await roomOf(client, room, ada)).topic, "one");
    });

    const secret = `xyzzy${"secret".repeat(4)}`;
    const secrets = { secret, payload: `xyzzy${"payload".repeat(4)}` };

    test("a deleted room has no content, and its members see that it is deleted", async () => {
      const room = await makeRoom(client, ada, {
        title: `title ${secret}`,
        topic: `topic ${secret}`,
        labels: { key: `label ${secret}` },
      });
      await bringIn(client, { room, owner: ada }, bob);
      const sent = await client.unary(
        v1.ChatService.method.sendMessage,
        {
          roomId: room.id,
          text: `text ${secret}`,
          clientMessageId: "m1",
          payload: Buffer.from(secrets.payload),
          payloadType: "text/plain",
        },
        ada,
      );
      assert.equal(sent.message?.seq, 1n);
      if (!isOnPostgres) assert.notDeepEqual(findInFiles(dataDir, secrets), []);
      await client.unary(deleteRoom, { roomId: room.id }, ada);
      for (const person of [ada, bob]) {
        const { code, reason } = await refusalOf(roomOf(client, room, person));
        assert.deepEqual([code, reason], [status.FAILED_PRECONDITION, "ROOM_DELETED"]);
      }
      const outsider = await signInAsGuest(client, "Nobody");
      assert.equal((await refusalOf(roomOf(client, room, outsider))).reason, "ROOM_NOT_FOUND");
      assert.equal(
        (await refusalOf(client.unary(deleteRoom, { roomId: room.id }, ada))).reason,
        "ROOM_DELETED",
      );
      const { rooms } = await client.unary(listRooms, { pageSize: 100 }, ada);
      assert.ok(!rooms.some(({ id }) => id === room.id));
      const { action, targetId } = (await auditOf(server, room.id))[0] ?? {};
      assert.deepEqual([action, targetId], ["room-deleted", room.id]);
    });

    test("the operator manages rooms, and is in none", async () => {
      using operator = operatorClient(server);
      const room = await makeRoom(client, ada);
      const refusals = await Promise.all(
        [
          operator.unary(createRoom, { room: { title: "Mine" } }),
          operator.unary(v1.RoomService.method.openDirectRoom, { userIds: [ada.id] }),
          operator.unary(addMembers, { roomId: room.id, userIds: ["me"] }),
        ].map(refusalOf),
      );
      for (const { code, reason, message } of refusals) {
        assert.deepEqual([code, reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
        assert.match(message, /operator/);
      }
      const { members } = await operator.unary(addMembers, { roomId: room.id, userIds: [bob.id] });
      assert.equal(members[0]?.state, v1.MemberState.JOINED);
      assert.ok((await membersOf(client, room, ada)).has(bob.id));
      await operator.unary(deleteRoom, { roomId: room.id });
    });

    test("after the server has stopped, what the deleted room said is in no file", async () => {
      assert.equal(await server.stop("SIGTERM"), 0);
      assert.deepEqual(findInFiles(dataDir, secrets), []);
    });
  });
}
