import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openKeyFiles } from "./files.ts";

const HOUR_MS = 60 * 60 * 1_000;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "confab-test-"));
  folders.push(folder);
  return join(folder, "keys");
}

test("the first key is made on first use, readable by its owner alone, and found again", async () => {
  const folder = newFolder();
  const { keyId } = (await openKeyFiles(folder, Date.now)).current;
  assert.deepEqual(readdirSync(folder), [`${keyId}.json`]);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, `${keyId}.json`)).mode & 0o777, 0o600);
  const again = await openKeyFiles(folder, Date.now);
  assert.equal(again.current.keyId, keyId);
  assert.ok(again.find(keyId));
  for (const other of ["", "x", `../keys/${keyId}`, "__proto__", "constructor"]) {
    assert.equal(again.find(other), undefined, other);
  }
});

test("after a rotation the new key signs, and the old one verifies for a day", async () => {
  const folder = newFolder();
  let nowMs = Date.now();
  const clock = () => nowMs;
  const keys = await openKeyFiles(folder, clock);
  const first = keys.current.keyId;
  nowMs += 90 * 24 * HOUR_MS;
  const second = await keys.rotate();
  assert.deepEqual([keys.current.keyId, keys.find(first) !== undefined], [second, true]);
  nowMs += 24 * HOUR_MS;
  assert.ok((await openKeyFiles(folder, clock)).find(first), "however old it is itself");
  nowMs += 1;
  const later = await openKeyFiles(folder, clock);
  assert.equal(later.find(first), undefined);
  assert.deepEqual([later.current.keyId, readdirSync(folder)], [second, [`${second}.json`]]);
  const third = await keys.rotate();
  assert.equal(keys.find(first), undefined, "a running server drops it at the next rotation");
  assert.deepEqual([keys.current.keyId, keys.find(second) !== undefined], [third, true]);
});

test("a key that others can read is refused by its name", async () => {
  const folder = newFolder();
  const { keyId } = (await openKeyFiles(folder, Date.now)).current;
  const path = join(folder, `${keyId}.json`);
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(path, mode);
    await assert.rejects(openKeyFiles(folder, Date.now), new RegExp(`${keyId}\\.json can be read by others`));
  }
});

test("a damaged key is refused by its name, and nothing of it is shown", async () => {
  const folder = newFolder();
  const { keyId } = (await openKeyFiles(folder, Date.now)).current;
  const path = join(folder, `${keyId}.json`);
  const { jwk } = JSON.parse(readFileSync(path, "utf8")) as { jwk: { d: string } };
  for (const content of ["", "{}", `{"keyId":"${keyId}","jwk":{"d":"${jwk.d}"}}`, "null"]) {
    writeFileSync(path, content);
    await assert.rejects(openKeyFiles(folder, Date.now), (error: Error) => {
      assert.match(error.message, new RegExp(`${keyId}\\.json is damaged`));
      assert.ok(!error.message.includes(jwk.d));
      return true;
    });
  }
});

test("a file that a killed process left half written is no key", async () => {
  const folder = newFolder();
  const { keyId } = (await openKeyFiles(folder, Date.now)).current;
  writeFileSync(join(folder, `${crypto.randomUUID()}.json.new`), '{"keyId":');
  writeFileSync(join(folder, "README"), "not a key");
  assert.equal((await openKeyFiles(folder, Date.now)).current.keyId, keyId);
});
