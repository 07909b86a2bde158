import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Actor } from "../../domain/access/callers.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, SessionId, UserId } from "../../domain/ids.ts";
import type { AppendOutcome } from "../port/messages.ts";
import type { Store } from "../port/store.ts";
import {
  adapters,
  audit,
  enter,
  makeRoom,
  makeUser,
  NOW_MS,
  newMessage,
  newUser,
  type Pair,
} from "./testing.ts";

const TIMES = 20;

for (const { name, skip, open } of adapters) {
  describe(`what two processes ask for at once of ${name}`, { skip }, () => {
    let pair: Pair;
    let stores: readonly [Store, Store];
    let ada: Actor;
    let bob: Actor;
    before(async () => {
      pair = await open();
      stores = [pair.one, pair.other];
      ada = await makeUser(pair.one, "ada");
      bob = await makeUser(pair.one, "bob");
    });
    after(() => pair[Symbol.asyncDispose]());

    test("two hundred sends are two hundred messages, without a hole between them", async () => {
      const roomId = await makeRoom(pair.one, ada);
      const sends = Array.from({ length: 200 }, (_, index) => newMessage(roomId, ada, `text ${index}`));
      const outcomes = await Promise.all(
        sends.map((send, index) => (index % 2 === 0 ? pair.one : pair.other).appendMessages([send])),
      );
      const seqs = outcomes.flat().map((outcome) => (outcome.kind === "stored" ? outcome.seq : outcome.kind));
      assert.deepEqual(new Set(seqs), new Set(sends.map((_, index) => index + 1)));
      const { messages } = await pair.one.listMessagesAfter({
        roomId,
        afterSeq: 0,
        limit: 300,
        nowMs: NOW_MS,
      });
      assert.deepEqual(
        messages.map(({ seq }) => seq),
        sends.map((_, index) => index + 1),
      );
      const { room } = await pair.other.getRoom({ actor: ada, roomId, nowMs: NOW_MS });
      assert.deepEqual([room.lastSeq, room.revision], [200, messages.at(-1)?.revision]);
    });

    test("batches across rooms, in any order of them, are stored whole", async () => {
      const rooms: RoomId[] = [];
      for (let index = 0; index < 8; index++) rooms.push(await makeRoom(pair.one, ada));
      const batch = (order: readonly RoomId[]) => order.map((roomId) => newMessage(roomId, ada, "text"));
      const batches = Array.from({ length: 10 }, () => [batch(rooms), batch(rooms.toReversed())] as const);
      const outcomes = await Promise.all(
        batches.flatMap(([there, back]) => [pair.one.appendMessages(there), pair.other.appendMessages(back)]),
      );
      assert.ok(outcomes.flat().every(({ kind }) => kind === "stored"));
      for (const roomId of rooms) {
        const { room } = await pair.one.getRoom({ actor: ada, roomId, nowMs: NOW_MS });
        assert.equal(room.lastSeq, 20);
      }
    });

    test("a send and its repeat are one message", async () => {
      const roomId = await makeRoom(pair.one, ada);
      for (let time = 0; time < TIMES; time++) {
        const send = newMessage(roomId, ada, "text");
        const repeat = { ...send, id: `${send.id}-2` };
        const [[first], [second]] = await Promise.all([
          pair.one.appendMessages([send]),
          pair.other.appendMessages([repeat]),
        ]);
        assert.deepEqual([kindOf(first), kindOf(second)].sort(), ["duplicate", "stored"]);
      }
    });

    test("of two last owners who leave, one stays", async () => {
      for (let time = 0; time < TIMES; time++) {
        const roomId = await makeRoom(pair.one, ada);
        await enter(pair.one, roomId, bob);
        const patch = { role: "owner" } as const;
        const change = { actor: ada, roomId, userId: bob.id, patch, reason: "", nowMs: NOW_MS };
        await pair.one.updateMember({ ...change, audit: audit("member-updated") });
        const left = await Promise.allSettled(
          [ada, bob].map((actor, index) =>
            (stores[index] ?? pair.one).removeMember({
              ...{ actor, roomId, userId: actor.id, reason: "", nowMs: NOW_MS },
              audit: audit("member-removed"),
            }),
          ),
        );
        assert.deepEqual(left.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      }
    });

    test("three reactions count as three, and the fourth's taking back as one less", async () => {
      const roomId = await makeRoom(pair.one, ada);
      const people = [ada, bob];
      for (const handle of ["cy", "dot"]) people.push(await makeUser(pair.one, handle));
      for (const person of people.slice(1)) await enter(pair.one, roomId, person);
      await pair.one.appendMessages([newMessage(roomId, ada, "text")]);
      const react = (actor: Actor, index: number, removed = false) =>
        (stores[index % 2] ?? pair.one).setReaction({
          actor,
          roomId,
          seq: 1,
          emoji: "+",
          removed,
          nowMs: NOW_MS,
        });
      await react(ada, 0);
      await Promise.all([...people.slice(1).map((actor, index) => react(actor, index)), react(ada, 1, true)]);
      const { message } = await pair.one.getMessage({ actor: ada, roomId, seq: 1, nowMs: NOW_MS });
      assert.deepEqual(message.content.reactions, [{ emoji: "+", count: 3 }]);
    });

    test("of two who want a room's last place, one has it", async () => {
      const cy = await makeUser(pair.one, "cy-last");
      for (let time = 0; time < TIMES; time++) {
        const roomId = await makeRoom(pair.one, ada, { maxMembers: 2 });
        const entered = await Promise.allSettled([
          enter(pair.one, roomId, bob),
          enter(pair.other, roomId, cy),
        ]);
        assert.deepEqual(entered.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
        assert.ok(entered.some((one) => one.status === "rejected" && reasonOf(one.reason) === "ROOM_FULL"));
      }
    });

    test("a read position is not lost when a moderator changes its member", async () => {
      for (let time = 0; time < TIMES; time++) {
        const roomId = await makeRoom(pair.one, ada);
        await enter(pair.one, roomId, bob);
        await pair.one.appendMessages([newMessage(roomId, ada, "text")]);
        const mute = {
          actor: ada,
          roomId,
          userId: bob.id,
          patch: { role: "moderator" } as const,
          reason: "",
        };
        await Promise.all([
          pair.one.updateReadCursor({ actor: bob, roomId, readSeq: 1, nowMs: NOW_MS }),
          pair.other.updateMember({ ...mute, nowMs: NOW_MS, audit: audit("member-updated") }),
        ]);
        const { self } = await pair.one.getRoom({ actor: bob, roomId, nowMs: NOW_MS });
        assert.deepEqual([self?.readSeq, self?.role], [1, "moderator"]);
      }
    });

    test("a direct room that both open is one room", async () => {
      for (let time = 0; time < TIMES; time++) {
        const one = await makeUser(pair.one, `one${time}`);
        const other = await makeUser(pair.one, `other${time}`);
        const opened = await Promise.all([
          pair.one.openDirectRoom(opening(one, other, `d1-${time}`)),
          pair.other.openDirectRoom(opening(other, one, `d2-${time}`)),
        ]);
        assert.deepEqual(opened.map(({ created }) => created).sort(), [false, true]);
        assert.equal(opened[0].view.room.id, opened[1].view.room.id);
        const query = { actor: one, roomId: opened[0].view.room.id, nowMs: NOW_MS };
        assert.equal((await pair.one.getRoom(query)).room.memberCount, 2);
      }
    });

    test("a handle goes to one of those who want it, and no guest goes by it", async () => {
      for (let time = 0; time < TIMES; time++) {
        const handle = `wanted${time}`;
        const guest = { ...newUser(`guest-${time}` as UserId, handle), kind: "guest", handle: null } as const;
        const outcomes = await Promise.all([
          pair.one.createUser(newUser(`a-${time}` as UserId, handle)),
          pair.other.createUser(newUser(`b-${time}` as UserId, handle)),
          pair.other.createUser({ ...guest, displayName: handle }),
        ]);
        assert.equal(outcomes.slice(0, 2).filter((outcome) => outcome === "created").length, 1);
        const found = await pair.one.findUser({ userId: guest.id });
        assert.ok(found === null || found.displayName !== handle, "the guest has another name, or none");
      }
    });

    test("of many sign-ins as many sessions stay as one may have", async () => {
      const { id: userId } = await makeUser(pair.one, "signing");
      const opened = Array.from({ length: 12 }, (_, index) => ({
        id: `session-${index}` as SessionId,
        ...{ userId, deviceName: "", createdAtMs: NOW_MS, lastUsedAtMs: NOW_MS, expiresAtMs: NOW_MS + 1_000 },
        ...{ provenVersion: null, refreshToken: null, maxPerUser: 3, audit: audit("sign-in") },
      }));
      await Promise.all(
        opened.map((session, index) => (stores[index % 2] ?? pair.one).createSession(session)),
      );
      const query = { actor: { ...ada, id: userId }, userId, afterId: "", limit: 50, nowMs: NOW_MS };
      assert.equal((await pair.one.listSessions(query)).length, 3);
    });

    test("what two sweeps find is ended once", async () => {
      const roomId = await makeRoom(pair.one, ada);
      const sends = Array.from({ length: 50 }, () => newMessage(roomId, ada, "text"));
      const short = sends.map((send) => ({
        ...send,
        content: send.content && { ...send.content, ttlMs: 1 },
      }));
      await pair.one.appendMessages(short);
      const nowMs = NOW_MS + 10;
      const swept = await Promise.all(stores.map((store) => store.expireMessages({ nowMs, limit: 100 })));
      const revisions = swept.flat().map(({ revision }) => revision);
      // One store asked twice gives the second nothing.
      assert.equal(revisions.length, 50);
      assert.equal(new Set(revisions).size, 50);
    });

    test("erasing a user while they are added to a room leaves them in none", async () => {
      for (let time = 0; time < TIMES; time++) {
        const leaver = await makeUser(pair.one, `leaver${time}`);
        const roomId = await makeRoom(pair.one, ada);
        const erasure = { actor: leaver, userId: leaver.id, eraseMessages: true, nowMs: NOW_MS };
        await Promise.allSettled([
          enter(pair.one, roomId, leaver),
          pair.other.eraseUser({ ...erasure, audit: audit("user-erased") }),
        ]);
        const { room } = await pair.one.getRoom({ actor: ada, roomId, nowMs: NOW_MS });
        assert.equal(room.memberCount, 1);
      }
    });
  });
}

function opening(actor: Actor, other: Actor, roomId: string) {
  return { actor, roomId: roomId as RoomId, userIds: [other.id], nowMs: NOW_MS };
}

function kindOf(outcome: AppendOutcome | undefined): string {
  return outcome?.kind ?? "none";
}

function reasonOf(error: unknown): string {
  return error instanceof ChatError ? error.reason : String(error);
}
