import assert from "node:assert/strict";
import { test } from "node:test";
import { traceOf } from "./access-words.ts";

const now = new Date(2026, 2, 10, 12);

test("a trace names each rule, and its grounds without the contract's names", () => {
  const trace = [
    "banned: passes",
    "muted: denies, muted in this room until further notice",
    "role-default: allows, the role member of a group room may post",
    "member-deny: denies, post is denied to this member until further notice",
    "nothing-grants: denies, this takes the permission MANAGE_ROOM, which is not given in this room",
  ];
  assert.deepEqual(
    traceOf({ trace }, now).map(({ rule, verdict, because }) => `${rule} | ${verdict} | ${because}`),
    [
      "Bans | passes | ",
      "Mutes | denies | Muted in this room until further notice.",
      "The role in the room | allows | The role member has this right here.",
      "What is taken from this member | denies | Taken from this member until further notice.",
      "No rule allows it | denies | Neither the role nor the room gives this right.",
    ],
  );
});

test("a rule that is newer than the page is told as it is", () => {
  assert.deepEqual(traceOf({ trace: ["new-rule: denies, the moon is full"] }, now), [
    { rule: "New rule", verdict: "denies", because: "The moon is full." },
  ]);
});
