import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { LiveReader } from "../support/live-reader.ts";
import { send } from "../support/messages.ts";
import { auditOf, register } from "../support/people.ts";
import { assertRefused, bringIn, makeRoom, RoomActs, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateRoom } = v1.RoomService.method;
const { updateMessage } = v1.ChatService.method;
const { getUser, updateUser } = v1.UserService.method;

for (const runtime of runtimes) {
  describe(`updates that change nothing on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");

    test("of a room raise no revision and no etag, tell nobody and are not written down", async () => {
      const policy = {
        slowMode: { seconds: 5n },
        memberPermissions: [v1.Permission.READ, v1.Permission.POST],
      };
      const fields = { title: "Room", topic: "about", public: true, labels: { b: "2", a: "1" }, policy };
      const room = await makeRoom(client, ada, fields);
      const update = async (room: Parameters<typeof makeRoom>[2], ...paths: string[]) =>
        (await client.unary(updateRoom, { room: { ...room }, updateMask: { paths } }, ada)).room;
      const before = await roomOf(client, room, ada);
      const written = (await auditOf(server, ada.id)).length;
      using reader = await LiveReader.open(client, ada);

      await update({ ...fields, id: room.id }, "title", "topic", "public", "labels", "policy");
      await update({ id: room.id, policy }, "policy.slow_mode", "policy.join_rule");
      const reversed = { memberPermissions: policy.memberPermissions.toReversed() };
      await update({ id: room.id, policy: reversed }, "policy.member_permissions");
      assert.deepEqual(await roomOf(client, room, ada), before);
      assert.equal((await auditOf(server, ada.id)).length, written);

      const stale = { id: room.id, title: "Room", etag: "0" };
      const late = client.unary(updateRoom, { room: stale, updateMask: { paths: ["title"] } }, ada);
      await assertRefused(late, status.ABORTED, "EDIT_CONFLICT", "etag");
      const changed = await update({ id: room.id, title: "Room", topic: "else" }, "title", "topic");
      assert.equal(changed?.revision, before.revision + 1n);
      await reader.until(() => reader.replicas.get(room.id).revision === changed?.revision, "the change");
      const events = reader.frames.filter(({ frame }) => frame.case === "event");
      assert.equal(events.length, 1);
    });

    test("of a message raise no revision and tell nobody", async () => {
      const room = await makeRoom(client, ada);
      const payload = { payload: new Uint8Array([1, 2]), payloadType: "t" };
      const mentionUserIds = [ada.id];
      const sent = await send(client, { room, from: ada }, { text: "text", mentionUserIds, ...payload });
      using reader = await LiveReader.open(client, ada);
      const message = { roomId: room.id, seq: sent.seq, text: "text", mentionUserIds, ...payload };
      const paths = ["text", "payload", "payload_type", "mention_user_ids", "pinned"];
      const { message: same } = await client.unary(updateMessage, { message, updateMask: { paths } }, ada);
      assert.deepEqual(same, sent);
      const pinned = { message: { ...message, pinned: true }, updateMask: { paths } };
      const { message: changed } = await client.unary(updateMessage, pinned, ada);
      assert.equal(changed?.revision, sent.revision + 1n);
      await reader.until(() => reader.replicas.get(room.id).revision === changed?.revision, "the pin");
      assert.equal(reader.frames.filter(({ frame }) => frame.case === "event").length, 1);
    });

    test("of a membership raise no revision, tell nobody and are not written down", async () => {
      const room = await makeRoom(client, ada);
      const grace = await register(client, "grace");
      await bringIn(client, { room, owner: ada }, grace);
      const acts = new RoomActs(client);
      const mute = { mutedUntilTime: timestampFromMs(Date.now() + 3_600_000) };
      const lists = { allow: [v1.Permission.PIN, v1.Permission.INVITE], deny: [v1.Permission.REACT] };
      const fields = { role: v1.Role.MEMBER, ...mute, ...lists };
      const paths = ["role", "muted_until_time", "allow", "deny"];
      const { member: before } = await acts.change(ada, room, grace, fields, ...paths);
      const { revision } = await roomOf(client, room, ada);
      const written = (await auditOf(server, grace.id)).length;
      using reader = await LiveReader.open(client, grace);

      const { member: same } = await acts.change(ada, room, grace, fields, ...paths);
      assert.deepEqual(same, before);
      await acts.change(ada, room, grace, { allow: lists.allow.toReversed() }, "allow", "expire_time");
      assert.equal((await roomOf(client, room, ada)).revision, revision);
      assert.equal((await auditOf(server, grace.id)).length, written);

      await acts.change(ada, room, grace, {}, "muted_until_time");
      await reader.until(() => reader.replicas.get(room.id).revision > revision, "the change");
      assert.equal(reader.replicas.get(room.id).revision, revision + 1n);

      const ban = [{ state: v1.MemberState.BANNED }, "state"] as const;
      await acts.change(ada, room, grace, ...ban);
      await acts.change(ada, room, grace, ...ban);
      assert.equal((await roomOf(client, room, ada)).revision, revision + 2n);
    });

    test("of a profile raise no etag, tell nobody and are not written down", async () => {
      const kay = await register(client, "Kay", { displayName: "Kay", about: "about" });
      const own = async () =>
        (await client.unary(getUser, { key: { case: "userId", value: "me" } }, kay)).user;
      const update = (user: Omit<MessageInitShape<typeof v1.UserSchema>, "$typeName">, ...paths: string[]) =>
        client.unary(updateUser, { user: { ...user, id: "me" }, updateMask: { paths } }, kay);
      const before = await own();
      const written = (await auditOf(server, kay.id)).length;
      using reader = await LiveReader.open(client, kay);

      const same = { handle: "Kay", displayName: "Kay", about: "about" };
      const paths = ["handle", "display_name", "about", "avatar_url", "hide_presence", "direct_messages"];
      assert.deepEqual((await update(same, ...paths)).user, before);
      assert.deepEqual(await own(), before);
      assert.equal((await auditOf(server, kay.id)).length, written);
      const stale = update({ ...same, etag: "0" }, "about");
      await assertRefused(stale, status.ABORTED, "EDIT_CONFLICT", "etag");

      const { user: changed } = await update({ handle: "kay", displayName: "Kay" }, "handle", "display_name");
      assert.deepEqual([changed?.handle, changed?.etag], ["kay", String(Number(before?.etag) + 1)]);
      await reader.until(() => reader.replicas.signals.length > 0, "the profile");
      const [told, ...more] = reader.replicas.signals;
      assert.deepEqual([told?.change.value, more], [changed, []]);
    });
  });
}
