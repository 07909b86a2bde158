import assert from "node:assert/strict";
import { test } from "node:test";
import { matching } from "./match.ts";

const targets = [
  ["Release team", "room"],
  ["Ada Lovelace", "@ada"],
  ["Général", "room"],
  ["Team lunch", "room"],
  ["Steam engines", "room"],
].map(([label = "", hint = ""]) => ({ key: label, label, hint }));
const labels = (query: string): readonly string[] => matching(targets, query).map(({ label }) => label);

test("targets are found by the beginnings of their words, in any order, before parts of words", () => {
  assert.deepEqual(labels("team"), ["Release team", "Team lunch", "Steam engines"]);
  assert.deepEqual(labels("lunch te"), ["Team lunch"]);
  assert.deepEqual(labels("gener"), ["Général"]);
});

test("initials and hints find them, too", () => {
  assert.deepEqual(labels("rt"), ["Release team"]);
  assert.deepEqual(labels("@ada"), ["Ada Lovelace"]);
  assert.deepEqual(labels("xyz"), []);
  assert.equal(labels(" ").length, targets.length);
});
