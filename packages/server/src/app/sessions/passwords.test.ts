import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { reasonOf } from "../testing.ts";
import { createPasswords } from "./passwords.ts";

const ADDRESS = "192.0.2.1";

test("a hash names its algorithm and cost, has a salt of its own, and verifies its password alone", async () => {
  const passwords = createPasswords();
  const [one, other] = await Promise.all([
    passwords.hash("the password", ADDRESS),
    passwords.hash("the password", ADDRESS),
  ]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, other);
  assert.equal(await passwords.verify("the password", one, ADDRESS), true);
  assert.equal(await passwords.verify("the passwore", one, ADDRESS), false);
  assert.equal(await passwords.verify("", one, ADDRESS), false);
  assert.equal(await passwords.verify("x".repeat(1_025), one, ADDRESS), false);
});

test("a password is the same on a keyboard that writes its characters in another way", async () => {
  const passwords = createPasswords();
  const [composed, decomposed, wide] = ["Caf\u00e9 \u00bd", "Cafe\u0301 1\u20442", "\uff23af\u00e9 \u00bd"];
  for (const typed of [composed, decomposed, wide]) {
    const hash = await passwords.hash(typed, ADDRESS);
    for (const other of [composed, decomposed, wide])
      assert.equal(await passwords.verify(other, hash, ADDRESS), true);
    assert.equal(await passwords.verify("Cafe 1/2", hash, ADDRESS), false);
  }
});

test("without a hash no password is right, not even the empty one", async () => {
  const passwords = createPasswords();
  for (const password of ["", "anything"])
    assert.equal(await passwords.verify(password, null, ADDRESS), false);
});

test("a hash of another cost is outdated, and one of this cost is not", async () => {
  const passwords = createPasswords();
  assert.equal(passwords.isOutdated(await passwords.hash("the password", ADDRESS)), false);
  for (const cost of ["m=8192,t=2,p=1", "m=19456,t=1,p=1", "m=19456,t=2,p=2", "m=1945,t=2,p=1"]) {
    assert.equal(passwords.isOutdated(`$argon2id$v=19$${cost}$c2FsdA$aGFzaA`), true, cost);
  }
});

test("a hash of another kind is a fault of ours, and no wrong password", async () => {
  const passwords = createPasswords();
  await assert.rejects(passwords.verify("the password", "$2b$10$abc", ADDRESS), /not one of argon2id/);
});

test("twice as many as there are cores are hashed at once, 64 wait, and the next is refused for now", async () => {
  const passwords = createPasswords();
  const bound = 2 * availableParallelism() + 64;
  const hashes = Array.from({ length: bound }, () => passwords.hash("anything", ADDRESS));
  assert.equal(await reasonOf(() => passwords.hash("one more", ADDRESS)), "SIGN_IN_BUSY");
  await Promise.all(hashes);
  await passwords.hash("one more", ADDRESS);
});

test("those of other networks have a turn before all that wait from one", async () => {
  const passwords = createPasswords();
  let refused = 0;
  let done = 0;
  const flood = Array.from({ length: 200 }, (_, index) =>
    passwords.hash("anything", `2001:db8::${index.toString(16)}`).then(
      () => done++,
      () => refused++,
    ),
  );
  await passwords.hash("mine", "2001:db8:0:1::1");
  assert.ok(done < 2 * availableParallelism() + 64, `${done} of the flood came before`);
  await passwords.hash("mine", "192.0.2.7");
  await Promise.all(flood);
  assert.ok(refused > 100, `${refused} were refused`);
});
