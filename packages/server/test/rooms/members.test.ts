import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timestampDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { auditOf, giveRole, register, signInAsGuest } from "../support/people.ts";
import { assertRefused, bringIn, join, makeRoom, membersOf, RoomActs, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { INVITED, KNOCKING, JOINED, LEFT, BANNED } = v1.MemberState;
const HOUR_MS = 3_600_000;

for (const runtime of runtimes) {
  describe(`members on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));
    const acts = new RoomActs(client);
    const owner = await register(client, "owner");
    const bob = await register(client, "bob");
    const eve = await register(client, "eve");

    test("an invitation is accepted with its role and end, by whom it names alone", async () => {
      const room = await makeRoom(client, owner);
      const expireTime = timestampFromMs(Date.now() + HOUR_MS);
      const userIds = [bob.id, bob.id];
      const { members } = await acts.add(owner, room, { userIds, role: v1.Role.MODERATOR, expireTime });
      assert.deepEqual(
        members.map(({ userId, state, role }) => [userId, state, role]),
        [[bob.id, INVITED, v1.Role.MODERATOR]],
      );
      await assertRefused(acts.send(bob, room), status.PERMISSION_DENIED, "NOT_A_MEMBER");
      const joined = await join(client, room, bob);
      assert.deepEqual([joined.state, joined.role], [JOINED, v1.Role.MODERATOR]);
      assert.deepEqual(joined.expireTime, expireTime);
      await assertRefused(join(client, room, bob), status.ALREADY_EXISTS, "ALREADY_MEMBER");
      await assertRefused(
        acts.add(owner, room, { userIds: [eve.id, bob.id] }),
        status.ALREADY_EXISTS,
        "ALREADY_MEMBER",
        "user_ids",
      );
      await assertRefused(
        acts.add(owner, room, { userIds: [eve.id, "nobody"] }),
        status.NOT_FOUND,
        "USER_NOT_FOUND",
        "user_ids",
      );
      // All of them or nobody.
      assert.equal((await membersOf(client, room, owner, INVITED)).size, 0);
      const entry = (await auditOf(server, bob.id)).find(({ action }) => action === "member-added");
      assert.deepEqual([entry?.actorId, entry?.targetId], [owner.id, bob.id]);
      assert.match(entry?.detail ?? "", new RegExp(room.id));
    });

    test("what nobody may ask of adding members is refused with its field", async () => {
      const room = await makeRoom(client, owner);
      await bringIn(client, { room, owner }, bob);
      const refused = [
        [owner, { userIds: [] }, "FIELD_REQUIRED", "user_ids"],
        [owner, { userIds: Array.from({ length: 101 }, String) }, "TOO_MANY_IDS", "user_ids"],
        [owner, { userIds: [eve.id], role: 99 as v1.Role }, "FIELD_INVALID", "role"],
        [owner, { userIds: [eve.id], expireTime: timestampFromMs(1) }, "FIELD_INVALID", "expire_time"],
        [owner, { userIds: [eve.id], expireTime: { seconds: 2n ** 62n } }, "FIELD_INVALID", "expire_time"],
        [bob, { userIds: [eve.id], role: v1.Role.MODERATOR }, "NOT_PERMITTED", undefined],
        [bob, { userIds: [eve.id], role: v1.Role.OWNER }, "NOT_PERMITTED", undefined],
      ] as const;
      for (const [by, addition, reason, field] of refused) {
        const refusal = await refusalOf(acts.add(by, room, { ...addition, userIds: [...addition.userIds] }));
        assert.deepEqual([refusal.reason, refusal.field], [reason, field]);
      }
      const open = await makeRoom(client, owner, { public: true });
      await assertRefused(
        acts.add(eve, open, { userIds: ["me"], role: v1.Role.OWNER }),
        status.PERMISSION_DENIED,
        "NOT_PERMITTED",
        "role",
      );
      assert.equal((await join(client, open, eve)).role, v1.Role.MEMBER);
    });

    test("a public room is entered by its join rule: at once, by knocking, or not at all", async () => {
      const open = await makeRoom(client, owner, { public: true });
      assert.equal(open.policy?.joinRule, v1.JoinRule.OPEN);
      const guest = await signInAsGuest(client, "Passing By");
      assert.deepEqual([(await join(client, open, guest)).role, guest.handle], [v1.Role.GUEST, ""]);

      const closed = await makeRoom(client, owner, {
        public: true,
        policy: { joinRule: v1.JoinRule.INVITE },
      });
      await assertRefused(join(client, closed, eve), status.PERMISSION_DENIED, "INVITE_REQUIRED");

      const asked = await makeRoom(client, owner, { public: true, policy: { joinRule: v1.JoinRule.KNOCK } });
      assert.equal((await join(client, asked, eve)).state, KNOCKING);
      await assertRefused(join(client, asked, eve), status.ALREADY_EXISTS, "ALREADY_MEMBER");
      await assertRefused(
        acts.change(bob, asked, eve, { state: JOINED }, "state"),
        status.PERMISSION_DENIED,
        "NOT_A_MEMBER",
      );
      await acts.send(owner, asked);
      const approved = await acts.change(owner, asked, eve, { state: JOINED }, "state");
      assert.deepEqual([approved.member?.state, approved.member?.role], [JOINED, v1.Role.MEMBER]);
      assert.equal((await roomOf(client, asked, eve)).self?.unreadCount, 0n);
      await join(client, asked, bob);
      await acts.remove(owner, asked, bob);
      assert.equal((await membersOf(client, asked, owner, KNOCKING)).size, 0);
    });

    test("a room that is full takes nobody more, until someone leaves", async () => {
      const room = await makeRoom(client, owner, { public: true, policy: { maxMembers: 2 } });
      const joins = await Promise.allSettled([join(client, room, bob), join(client, room, eve)]);
      assert.equal(joins.filter((result) => result.status === "fulfilled").length, 1);
      const [late, early] = joins[0]?.status === "fulfilled" ? [eve, bob] : [bob, eve];
      await assertRefused(join(client, room, late), status.FAILED_PRECONDITION, "ROOM_FULL");
      await acts.remove(early, room, early);
      await join(client, room, late);
      assert.equal((await roomOf(client, room, owner)).memberCount, 2);
    });

    test("a room keeps an owner: of two who leave at once one stays", async () => {
      const room = await makeRoom(client, owner);
      await bringIn(client, { room, owner, role: v1.Role.OWNER }, bob);
      const left = await Promise.allSettled([acts.remove(owner, room, owner), acts.remove(bob, room, bob)]);
      assert.equal(left.filter((result) => result.status === "fulfilled").length, 1);
      const stays = left[0]?.status === "rejected" ? owner : bob;
      await assertRefused(acts.remove(stays, room, stays), status.FAILED_PRECONDITION, "LAST_OWNER");
      await assertRefused(
        acts.change(stays, room, stays, { role: v1.Role.MEMBER }, "role"),
        status.FAILED_PRECONDITION,
        "LAST_OWNER",
      );
    });

    test("whoever is kicked sends nothing after it, and a ban keeps them out until it is lifted", async () => {
      const room = await makeRoom(client, owner, { public: true });
      await join(client, room, bob);
      const sends: Promise<v1.SendMessageResponse>[] = [];
      for (let index = 0; index < 40; index++) {
        sends.push(acts.send(bob, room));
        if (index === 20) sends.push(acts.remove(owner, room, bob).then(() => acts.send(owner, room)));
      }
      const results = await Promise.allSettled(sends);
      const sent = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.message] : []));
      const ownersSeq = sent.find((message) => message?.senderId === owner.id)?.seq ?? 0n;
      assert.ok(sent.every((message) => message?.senderId === owner.id || (message?.seq ?? 0n) < ownersSeq));
      await assertRefused(acts.send(bob, room), status.PERMISSION_DENIED, "NOT_A_MEMBER");

      await acts.change(owner, room, bob, { state: BANNED }, "state");
      await assertRefused(join(client, room, bob), status.PERMISSION_DENIED, "BANNED");
      await assertRefused(roomOf(client, room, bob), status.PERMISSION_DENIED, "BANNED");
      const expireTime = timestampFromMs(Date.now() + 3_600_000);
      await acts.change(owner, room, bob, { expireTime }, "expire_time");
      await acts.change(owner, room, bob, { state: LEFT }, "state");
      await join(client, room, bob);
      const until = `expire_time ${timestampDate(expireTime).toISOString()}`;
      assert.ok((await auditOf(server, bob.id)).some(({ detail }) => detail.includes(until)));
      const actions = (await auditOf(server, bob.id))
        .filter(({ detail }) => detail.includes(room.id))
        .map(({ action, detail }) => [action, detail.includes("state banned")]);
      assert.deepEqual(actions, [
        ["member-updated", false],
        ["member-updated", false],
        ["member-updated", true],
        ["member-removed", false],
      ]);
    });

    test("an administrator adds at once and without being in the room, also whoever is invited", async () => {
      const admin = await register(client, `admin-${runtime}`);
      await giveRole(server, admin, v1.SystemRole.ADMIN);
      const room = await makeRoom(client, owner);
      await acts.add(owner, room, { userIds: [bob.id] });
      const { members } = await acts.add(admin, room, {
        userIds: [bob.id, eve.id, "me"],
        role: v1.Role.OWNER,
      });
      assert.deepEqual(
        members.map(({ userId, state, role }) => [userId, state, role]),
        [bob.id, eve.id, admin.id].map((userId) => [userId, JOINED, v1.Role.OWNER]),
      );
    });
  });
}
