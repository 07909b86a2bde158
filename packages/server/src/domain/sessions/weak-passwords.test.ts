import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isWeakPassword } from "./weak-passwords.ts";

const common = new Set(["password", "iloveyou", "trustno1"]);
const isWeak = (password: string, handle = "ada.lovelace") => isWeakPassword(password, { handle, common });

test("a common password is weak in any case, in any width and backwards", () => {
  for (const password of ["password", "PassWord", "ｐａｓｓｗｏｒｄ", "drowssap", "1ontsurt"]) {
    assert.equal(isWeak(password), true, password);
  }
});

test("the account's own handle is a weak password", () => {
  assert.equal(isWeak("Ada.Lovelace"), true);
  assert.equal(isWeak("Ada.Lovelace", "charles"), false);
});

test("repetitions, runs, keyboard rows and dates are weak", () => {
  for (const password of [
    "aaaaaaaa",
    "abcabcabc",
    "1234512345",
    "69696969696",
    "12345678",
    "34567890",
    "78901234",
    "98765432",
    "abcdefgh",
    "hgfedcba",
    "qwertyui",
    "poiuytre",
    "1234567890-",
    "24121990",
    "12241990",
    "19901224",
    "        ",
  ]) {
    assert.equal(isWeak(password), true, JSON.stringify(password));
  }
});

test("other passwords are not weak: words in a row, common ones with something added, numbers", () => {
  for (const password of [
    "correct horse battery staple",
    "passwordpassword!",
    "iloveyou-2",
    "83920174",
    "99991990",
    "abcdefgx",
    "\0\u{10ffff}xyzxyz?",
  ]) {
    assert.equal(isWeak(password), false, JSON.stringify(password));
  }
});

test("any block repeated at least twice is weak", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: "grapheme-ascii" }),
      fc.integer({ min: 2, max: 9 }),
      (block, times) => {
        fc.pre(!/\s/.test(block));
        assert.equal(isWeak(block.repeat(times)), true);
      },
    ),
  );
});

test("any text can be asked about", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 64 }), (password) => {
      assert.equal(typeof isWeak(password), "boolean");
    }),
  );
});
