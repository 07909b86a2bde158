import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "../errors.ts";
import {
  differing,
  isFull,
  MAX_ROOM_MEMBERS,
  parseRoomFields,
  type RoomFields,
  settleJoinRule,
  titleKey,
} from "./fields.ts";

function refusedField(fields: Partial<RoomFields>): string | undefined {
  try {
    parseRoomFields(fields);
  } catch (error) {
    if (error instanceof ChatError) return error.field;
    throw error;
  }
  return undefined;
}

test("a private room is entered by invitation, a public one is open where nothing else is said", () => {
  assert.equal(settleJoinRule(false, null), "invite");
  assert.equal(settleJoinRule(true, null), "open");
  assert.equal(settleJoinRule(false, "invite"), "invite");
  assert.equal(settleJoinRule(true, "invite"), "invite");
  assert.equal(settleJoinRule(true, "knock"), "knock");
  for (const rule of ["open", "knock"] as const) {
    const refusal = { reason: "FIELD_INVALID", field: "room.policy.join_rule" };
    assert.throws(() => settleJoinRule(false, rule), refusal);
  }
});

test("a title's key is short, whatever its characters grow to, and begins with the key of its beginning", () => {
  const growing = "\ufdfa".repeat(128);
  assert.equal([...titleKey(growing)].length, 64);
  assert.ok(titleKey(growing).isWellFormed());
  assert.ok(titleKey("𝒳𝓎𝓏 Room").startsWith(titleKey("XY")));
  assert.equal(titleKey("x".repeat(100)), titleKey("X".repeat(128)));
});

test("numbers that are none, or between two milliseconds, are refused with their field", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 60_000.5, -1]) {
    assert.equal(refusedField({ slowModeMs: value }), "room.policy.slow_mode", String(value));
    assert.equal(refusedField({ retentionMs: value }), "room.policy.retention", String(value));
    assert.equal(refusedField({ maxMembers: value }), "room.policy.max_members", String(value));
    assert.equal(refusedField({ requiredLikes: value }), "room.policy.required_likes", String(value));
  }
  for (const retentionMs of [0, 60_000, 3_653 * 86_400_000])
    assert.equal(refusedField({ retentionMs }), undefined);
  for (const retentionMs of [1, 59_999, 3_653 * 86_400_000 + 1]) {
    assert.equal(refusedField({ retentionMs }), "room.policy.retention");
  }
});

test("only what is given is checked and returned, labels in the order of their keys", () => {
  assert.deepEqual(parseRoomFields({ topic: "" }), { topic: "" });
  assert.deepEqual(Object.keys(parseRoomFields({ labels: { b: "", a: "" } }).labels), ["a", "b"]);
});

test("a room without a limit of its own has the server's", () => {
  assert.ok(!isFull({ maxMembers: 0 }, MAX_ROOM_MEMBERS - 1));
  assert.ok(isFull({ maxMembers: 0 }, MAX_ROOM_MEMBERS));
  assert.ok(isFull({ maxMembers: 2 }, 3));
  assert.ok(!isFull({ maxMembers: 2 }, 1));
});

test("what a room has already is no change", () => {
  const room: RoomFields = {
    ...{ title: "Room", topic: "", isPublic: true, joinRule: "open", historyVisibility: "full" },
    ...{ slowModeMs: 0, retentionMs: 0, maxMembers: 0, requiredLikes: 0 },
    ...{ memberPermissions: ["read", "post"], labels: { a: "1", b: "2" } },
  };
  assert.deepEqual(differing(room, room), {});
  assert.deepEqual(differing(room, { memberPermissions: ["post", "read"] }), {});
  assert.deepEqual(differing(room, parseRoomFields({ labels: { b: "2", a: "1" } })), {});
  const change = { title: "Other", topic: "", slowModeMs: 1_000, labels: { a: "1" } };
  assert.deepEqual(differing(room, change), { title: "Other", slowModeMs: 1_000, labels: { a: "1" } });
});
