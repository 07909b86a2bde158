import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { auditOf, giveRole, operatorClient, type Person, register } from "../support/people.ts";
import { assertRefused, bringIn, join, makeRoom, RoomActs, roomOf } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createRoom, updateRoom, deleteRoom, listRooms, listMembers } = v1.RoomService.method;
const { INVALID_ARGUMENT, PERMISSION_DENIED } = status;

type RoomInit = Omit<MessageInitShape<typeof v1.RoomSchema>, "$typeName">;
type CreateInit = Omit<MessageInitShape<typeof v1.CreateRoomRequestSchema>, "$typeName">;
type PolicyInit = Omit<MessageInitShape<typeof v1.RoomPolicySchema>, "$typeName">;

describe("a room's fields", async () => {
  const { server, client } = await forSuite(startServerProcess({ runtime: "node" }));
  const acts = new RoomActs(client);
  const owner = await register(client, "owner");
  const bob = await register(client, "bob");

  const update = (by: Person, room: RoomInit, ...paths: readonly string[]) =>
    client.unary(updateRoom, { room, updateMask: { paths: [...paths] } }, by);
  const titles = async () =>
    (await client.unary(listRooms, { pageSize: 100 }, owner)).rooms.map(({ title }) => title).sort();

  test("what is too long, blank, negative or absurd is refused with its field, and no room is made or changed", async () => {
    const room = await makeRoom(client, owner, { title: "Kept", public: true });
    const before = await titles();
    const policy = (fields: PolicyInit): RoomInit => ({ public: true, policy: fields });
    const cases: readonly (readonly [RoomInit, field: string, reason: string])[] = [
      [{ title: "" }, "title", "FIELD_REQUIRED"],
      [{ title: " \t\u200b\n" }, "title", "FIELD_REQUIRED"],
      [{ title: "x".repeat(129) }, "title", "FIELD_TOO_LONG"],
      [{ title: "two\nlines" }, "title", "FIELD_INVALID"],
      [{ title: "\u202eevil" }, "title", "FIELD_INVALID"],
      [{ topic: "x".repeat(513) }, "topic", "FIELD_TOO_LONG"],
      [{ topic: "\u001b[2J" }, "topic", "FIELD_INVALID"],
      [{ labels: { "": "x" } }, "labels", "PROFILE_FIELD_INVALID"],
      [policy({ joinRule: 99 as v1.JoinRule }), "policy.join_rule", "FIELD_INVALID"],
      [{ public: false, policy: { joinRule: v1.JoinRule.OPEN } }, "policy.join_rule", "FIELD_INVALID"],
      [
        policy({ historyVisibility: 99 as v1.HistoryVisibility }),
        "policy.history_visibility",
        "FIELD_INVALID",
      ],
      [policy({ slowMode: { seconds: -1n } }), "policy.slow_mode", "FIELD_INVALID"],
      [policy({ slowMode: { seconds: 21_601n } }), "policy.slow_mode", "FIELD_INVALID"],
      [policy({ slowMode: { nanos: -1 } }), "policy.slow_mode", "FIELD_INVALID"],
      [policy({ slowMode: { seconds: 2n ** 63n - 1n } }), "policy.slow_mode", "FIELD_INVALID"],
      [policy({ retention: { seconds: 59n } }), "policy.retention", "FIELD_INVALID"],
      [policy({ retention: { seconds: -(2n ** 63n) } }), "policy.retention", "FIELD_INVALID"],
      [policy({ retention: { seconds: 86_400n * 3_654n } }), "policy.retention", "FIELD_INVALID"],
      [policy({ maxMembers: -1 }), "policy.max_members", "FIELD_INVALID"],
      [policy({ maxMembers: 100_001 }), "policy.max_members", "FIELD_INVALID"],
      [policy({ maxMembers: 2 ** 31 - 1 }), "policy.max_members", "FIELD_INVALID"],
      [policy({ requiredLikes: -(2 ** 31) }), "policy.required_likes", "FIELD_INVALID"],
      [policy({ requiredLikes: 1_001 }), "policy.required_likes", "FIELD_INVALID"],
      [policy({ memberPermissions: [1, 1] }), "policy.member_permissions", "FIELD_INVALID"],
      [policy({ memberPermissions: [0] }), "policy.member_permissions", "FIELD_INVALID"],
      [policy({ memberPermissions: [99 as v1.Permission] }), "policy.member_permissions", "FIELD_INVALID"],
    ];
    for (const [fields, path, reason] of cases) {
      const field = `room.${path}`;
      const made = client.unary(createRoom, { room: { title: "Never", ...fields } }, owner);
      await assertRefused(made, INVALID_ARGUMENT, reason, field);
      const paths = fields.public === false ? ["public", path] : [path];
      await assertRefused(
        update(owner, { ...fields, id: room.id }, ...paths),
        INVALID_ARGUMENT,
        reason,
        field,
      );
    }
    const never = { title: "Never" };
    const requests: readonly (readonly [CreateInit, field: string, reason: string])[] = [
      [{}, "room", "FIELD_REQUIRED"],
      [{ room: { ...never, kind: 99 as v1.RoomKind } }, "room.kind", "FIELD_INVALID"],
      [{ room: { ...never, kind: v1.RoomKind.DIRECT } }, "room.kind", "FIELD_INVALID"],
      [{ room: never, requestId: "é".repeat(65) }, "request_id", "FIELD_TOO_LONG"],
      [{ room: never, userIds: Array.from({ length: 101 }, String) }, "user_ids", "TOO_MANY_IDS"],
    ];
    for (const [request, field, reason] of requests) {
      await assertRefused(client.unary(createRoom, request, owner), INVALID_ARGUMENT, reason, field);
    }
    const unknown = client.unary(
      createRoom,
      { room: { title: "Never" }, userIds: [bob.id, "nobody"] },
      owner,
    );
    await assertRefused(unknown, status.NOT_FOUND, "USER_NOT_FOUND", "user_ids");
    for (const page of [{ pageSize: -1 }, { pageSize: -(2 ** 31) }, { pageToken: "x" }]) {
      for (const call of [
        client.unary(listRooms, page, owner),
        client.unary(listRooms, { ...page, directory: true }, owner),
        client.unary(listMembers, { ...page, roomId: room.id }, owner),
      ]) {
        assert.equal((await refusalOf(call)).code, INVALID_ARGUMENT);
      }
    }
    assert.deepEqual(await titles(), before);
    assert.equal((await roomOf(client, room, owner)).etag, "1");
  });

  test("what is just within the limits is kept as it was given", async () => {
    const memberPermissions = [v1.Permission.READ, v1.Permission.REACT];
    const policy = {
      joinRule: v1.JoinRule.KNOCK,
      historyVisibility: v1.HistoryVisibility.SINCE_JOIN,
      slowMode: { seconds: 21_600n, nanos: 0 },
      retention: { seconds: 60n, nanos: 0 },
      maxMembers: 100_000,
      requiredLikes: 1_000,
      memberPermissions,
    };
    const title = "𝒳".repeat(128);
    const given = { title, topic: "é".repeat(512), public: true, kind: v1.RoomKind.BROADCAST, policy };
    const room = await makeRoom(client, owner, given);
    for (const seen of [room, await roomOf(client, room, bob)]) {
      assert.deepEqual([seen.title, seen.topic, seen.kind], [given.title, given.topic, given.kind]);
      const { $typeName: _, slowMode, retention, ...plain } = seen.policy ?? {};
      assert.deepEqual([slowMode?.seconds, retention?.seconds], [21_600n, 60n]);
      const { slowMode: __, retention: ___, ...expected } = policy;
      assert.deepEqual(plain, expected);
    }
    assert.equal((await roomOf(client, room, bob)).self, undefined);
  });

  test("only what the mask names is changed; the whole policy falls back to its defaults where it is unset", async () => {
    const room = await makeRoom(client, owner, {
      topic: "before",
      public: true,
      policy: { maxMembers: 7, joinRule: v1.JoinRule.KNOCK, slowMode: { nanos: 500_000_000 } },
    });
    const sent = { id: room.id, title: "After", topic: "x", policy: { requiredLikes: 2 } };
    const one = await update(owner, sent, "title", "policy.required_likes");
    assert.deepEqual([one.room?.title, one.room?.topic], ["After", "before"]);
    const { policy } = one.room ?? {};
    assert.deepEqual(
      [policy?.requiredLikes, policy?.maxMembers, policy?.slowMode?.nanos],
      [2, 7, 500_000_000],
    );
    const whole = (await update(owner, sent, "policy")).room?.policy;
    assert.deepEqual(
      [whole?.requiredLikes, whole?.maxMembers, whole?.slowMode?.nanos, whole?.joinRule],
      [2, 0, 0, v1.JoinRule.OPEN],
    );
    const hidden = (await update(owner, { id: room.id }, "public")).room;
    assert.deepEqual([hidden?.public, hidden?.policy?.joinRule], [false, v1.JoinRule.INVITE]);
    assert.equal((await refusalOf(roomOf(client, room, bob))).reason, "ROOM_NOT_FOUND");
    const audit = (await auditOf(server, room.id)).map(({ action, detail }) => `${action} ${detail}`);
    assert.deepEqual(audit.slice(0, 2), ["room-updated public", "room-updated policy"]);
    for (const path of ["id", "kind", "etag", "policy.x", "Title", "labels.a", "*", ""]) {
      await assertRefused(
        update(owner, sent, "topic", path),
        INVALID_ARGUMENT,
        "FIELD_UNKNOWN",
        "update_mask",
      );
    }
    await assertRefused(update(owner, sent), INVALID_ARGUMENT, "FIELD_REQUIRED", "update_mask");
    await assertRefused(update(owner, {}, "title"), INVALID_ARGUMENT, "FIELD_REQUIRED", "room.id");
  });

  test("nobody gives members what they may not do themselves", async () => {
    const room = await makeRoom(client, owner);
    await bringIn(client, { room, owner }, bob);
    await acts.change(owner, room, bob, { allow: [v1.Permission.MANAGE_ROOM] }, "allow");
    const wider = { memberPermissions: [v1.Permission.READ, v1.Permission.DELETE_ANY] };
    const field = "room.policy.member_permissions";
    const path = "policy.member_permissions";
    await assertRefused(
      update(bob, { id: room.id, policy: wider }, path),
      PERMISSION_DENIED,
      "NOT_PERMITTED",
      field,
    );
    const narrower = { memberPermissions: [v1.Permission.READ] };
    await update(bob, { id: room.id, policy: narrower }, path);
    await assertRefused(acts.send(bob, room), PERMISSION_DENIED, "NOT_PERMITTED");
  });

  test("the lobby stays for everyone, whoever asks", async () => {
    const admin = await register(client, "chief");
    await giveRole(server, admin, v1.SystemRole.ADMIN);
    const id = "lobby";
    assert.equal((await update(admin, { id, topic: "hello" }, "topic")).room?.topic, "hello");
    await assertRefused(update(admin, { id }, "public"), PERMISSION_DENIED, "NOT_PERMITTED", "room.public");
    await assertRefused(client.unary(deleteRoom, { roomId: id }, admin), PERMISSION_DENIED, "NOT_PERMITTED");
    using operator = operatorClient(server);
    await assertRefused(operator.unary(deleteRoom, { roomId: id }), PERMISSION_DENIED, "NOT_PERMITTED");
    await join(client, { id }, bob);
    await acts.remove(bob, { id }, bob);
  });
});
