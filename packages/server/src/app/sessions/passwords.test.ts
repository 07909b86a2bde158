import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { reasonOf } from "../testing.ts";
import { createPasswords } from "./passwords.ts";

test("a hash names its algorithm and cost, has a salt of its own, and verifies its password alone", async () => {
  const passwords = createPasswords();
  const [one, other] = await Promise.all([passwords.hash("the password"), passwords.hash("the password")]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, other);
  assert.equal(await passwords.verify("the password", one), true);
  assert.equal(await passwords.verify("the passwore", one), false);
  assert.equal(await passwords.verify("", one), false);
  assert.equal(await passwords.verify("x".repeat(1_025), one), false);
});

test("a password is the same on a keyboard that writes its characters in another way", async () => {
  const passwords = createPasswords();
  const [composed, decomposed, wide] = ["Caf\u00e9 \u00bd", "Cafe\u0301 1\u20442", "\uff23af\u00e9 \u00bd"];
  for (const typed of [composed, decomposed, wide]) {
    const hash = await passwords.hash(typed);
    for (const other of [composed, decomposed, wide]) assert.equal(await passwords.verify(other, hash), true);
    assert.equal(await passwords.verify("Cafe 1/2", hash), false);
  }
});

test("without a hash no password is right, not even the empty one", async () => {
  const passwords = createPasswords();
  for (const password of ["", "anything"]) assert.equal(await passwords.verify(password, null), false);
});

test("a hash of another cost is outdated, and one of this cost is not", async () => {
  const passwords = createPasswords();
  assert.equal(passwords.isOutdated(await passwords.hash("the password")), false);
  for (const cost of ["m=8192,t=2,p=1", "m=19456,t=1,p=1", "m=19456,t=2,p=2", "m=1945,t=2,p=1"]) {
    assert.equal(passwords.isOutdated(`$argon2id$v=19$${cost}$c2FsdA$aGFzaA`), true, cost);
  }
});

test("a hash of another kind is a fault of ours, and no wrong password", async () => {
  const passwords = createPasswords();
  await assert.rejects(passwords.verify("the password", "$2b$10$abc"), /not one of argon2id/);
});

test("twice as many as there are cores are hashed at once, 64 wait, and the next is refused for now", async () => {
  const passwords = createPasswords();
  const bound = 2 * availableParallelism() + 64;
  const hashes = Array.from({ length: bound }, () => passwords.hash("anything"));
  assert.equal(await reasonOf(() => passwords.hash("one more")), "SIGN_IN_BUSY");
  await Promise.all(hashes);
  await passwords.hash("one more");
});
