import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { type Person, register } from "../support/people.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { updateRelationship, listRelationships, deleteUser } = v1.UserService.method;

describe("relationships", async () => {
  const { client } = await forSuite(startServerProcess({ runtime: "node" }));

  async function set(owner: Person, userId: string, wants: { blocked?: boolean; muted?: boolean }) {
    const { relationship } = await client.unary(
      updateRelationship,
      { relationship: { userId, ...wants } },
      owner,
    );
    return relationship && summary(relationship);
  }

  async function all(owner: Person, pageSize = 0) {
    const found: ReturnType<typeof summary>[] = [];
    for (let pageToken = ""; ; ) {
      const page = await client.unary(listRelationships, { pageSize, pageToken }, owner);
      found.push(...page.relationships.map(summary));
      pageToken = page.nextPageToken;
      if (pageToken === "") return found;
    }
  }

  test("a user blocks and mutes others, for themselves alone, and takes it back", async () => {
    const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
    assert.deepEqual(await set(ada, grace.id, { blocked: true }), [grace.id, true, false]);
    assert.deepEqual(await all(ada), [[grace.id, true, false]]);
    assert.deepEqual(await all(grace), [], "the other is not told");
    assert.deepEqual(await set(ada, grace.id, { muted: true }), [grace.id, false, true]);
    assert.deepEqual(await all(ada), [[grace.id, false, true]]);
    assert.deepEqual(await set(ada, grace.id, { muted: true, blocked: true }), [grace.id, true, true]);
    await set(ada, grace.id, {});
    assert.deepEqual(await all(ada), []);
    await set(ada, grace.id, {});
  });

  test("nobody blocks themselves, or who isn't there", async () => {
    const [person, gone] = [await register(client, "hedy"), await register(client, "gone")];
    const own = await refusalOf(set(person, person.id, { blocked: true }));
    assert.deepEqual([own.reason, own.field], ["FIELD_INVALID", "relationship.user_id"]);
    await client.unary(deleteUser, { userId: "me" }, gone);
    for (const userId of ["nobody", "", gone.id]) {
      const { code, reason } = await refusalOf(set(person, userId, { blocked: true }));
      assert.deepEqual([code, reason], [status.NOT_FOUND, "USER_NOT_FOUND"]);
    }
    const missing = await refusalOf(client.unary(updateRelationship, {}, person));
    assert.deepEqual([missing.reason, missing.field], ["FIELD_REQUIRED", "relationship"]);
  });

  test("they are listed in pages, each once, and go when the other account goes with its messages", async () => {
    const owner = await register(client, "owner");
    const others: Person[] = [];
    for (let count = 0; count < 5; count++) others.push(await register(client, `other${count}`));
    for (const { id } of others) await set(owner, id, { blocked: true });
    const ids = others.map(({ id }) => id).sort();
    for (const pageSize of [0, 1, 2, 5, 100]) {
      assert.deepEqual(
        (await all(owner, pageSize)).map(([id]) => id),
        ids,
        `pages of ${pageSize}`,
      );
    }
    const [first] = others;
    assert.ok(first);
    await client.unary(deleteUser, { userId: "me", eraseMessages: true }, first);
    assert.deepEqual(
      (await all(owner)).map(([id]) => id),
      ids.filter((id) => id !== first.id),
    );
  });

  test("they stay for the messages of an account that has gone without them, until they are ended", async () => {
    const [owner, gone] = [await register(client, "stays"), await register(client, "goes")];
    await set(owner, gone.id, { blocked: true });
    await set(gone, owner.id, { muted: true });
    const { erased } = await client.unary(deleteUser, { userId: "me" }, gone);
    assert.equal(erased.relationships, 1n, "its own");
    assert.deepEqual(await all(owner), [[gone.id, true, false]]);
    assert.equal((await refusalOf(set(owner, gone.id, { muted: true }))).reason, "USER_NOT_FOUND");
    await set(owner, gone.id, {});
    assert.deepEqual(await all(owner), []);
  });
});

test("one has at most a thousand of them, changes those that there are, and makes room by ending one", async () => {
  const names = ["owner", ...Array.from({ length: 1_001 }, (_, index) => `other${index}`)];
  const seed = { users: Object.fromEntries(names.map((name) => [name, {}])) };
  await using server = await createTestServer({ seed });
  using client = new TestClient(server.address);
  const [owner, ...others] = names.map((name) => server.users[name]);
  const [first, last] = [others.at(0), others.at(-1)];
  assert.ok(owner && first && last);
  const as = { token: owner.accessToken };
  const set = (userId: string, wants: { blocked?: boolean; muted?: boolean }) =>
    client.unary(updateRelationship, { relationship: { userId, ...wants } }, as);
  for (const other of others.slice(0, 1_000)) await set(other?.id ?? "", { muted: true });
  const refusal = await refusalOf(set(last.id, { blocked: true }));
  assert.deepEqual(
    [refusal.code, refusal.reason, refusal.field],
    [status.FAILED_PRECONDITION, "RELATIONSHIPS_FULL", "relationship.user_id"],
  );
  await set(last.id, {});
  await set(first.id, { blocked: true });
  await set(first.id, {});
  await set(last.id, { blocked: true });
  assert.equal((await refusalOf(set(first.id, { muted: true }))).reason, "RELATIONSHIPS_FULL");
});

function summary({ userId, blocked, muted }: v1.Relationship) {
  return [userId, blocked, muted] as const;
}
