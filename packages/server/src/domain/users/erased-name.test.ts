import assert from "node:assert/strict";
import { test } from "node:test";
import { imitatesErased } from "./erased-name.ts";

test("what reads like the name of erased accounts is an imitation, in any script, case, width and accent", () => {
  const names = [
    "deleted user",
    "Deleted  User",
    "DELETED_USER",
    "deIeted user",
    "de1eted user",
    "dеlеtеd usеr",
    "ｄｅｌｅｔｅｄ　ｕｓｅｒ",
    "𝐝𝐞𝐥𝐞𝐭𝐞𝐝 𝐮𝐬𝐞𝐫",
    "déléted üser",
    "de\u200bleted us\u00ader",
    "🗑 deleted user 2",
    "deleted user 1",
    "deleted user!",
    "!5 d3e1leted-us3r 7",
  ];
  for (const name of names) assert.equal(imitatesErased(name), true, name);
});

test("other names are none", () => {
  for (const name of [
    "",
    "deleted",
    "user",
    "a deleted user",
    "undeleted user",
    "d33leted u",
    "Delia Duser",
    "用户",
    "3",
  ]) {
    assert.equal(imitatesErased(name), false, name);
  }
});
