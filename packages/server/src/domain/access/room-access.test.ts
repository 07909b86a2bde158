import assert from "node:assert/strict";
import { test } from "node:test";
import { firstReadableSeq, isPublicRoom } from "./room-access.ts";
import { sampleMember, sampleRoom } from "./testing.ts";

test("a direct room is never public", () => {
  assert.equal(isPublicRoom(sampleRoom({ isPublic: true })), true);
  assert.equal(isPublicRoom(sampleRoom({ isPublic: true, kind: "direct" })), false);
  assert.equal(isPublicRoom(sampleRoom({ isPublic: false })), false);
});

test("history since joining starts after the message that was newest then", () => {
  const room = sampleRoom({ historyVisibility: "since-join" });
  assert.equal(firstReadableSeq(room, sampleMember({ joinedSeq: 41 })), 42);
  assert.equal(firstReadableSeq(room, null), 1);
});

test("full history starts at the first message", () => {
  assert.equal(firstReadableSeq(sampleRoom(), sampleMember({ joinedSeq: 41 })), 1);
});
