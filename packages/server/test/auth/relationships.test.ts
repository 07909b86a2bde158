import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { type Person, register } from "../support/people.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const { updateRelationship, listRelationships, deleteUser } = v1.UserService.method;

describe("relationships", () => {
  let server: ServerProcess;
  let client: TestClient;
  before(async () => {
    server = await startServerProcess({ runtime: "node" });
    client = new TestClient(server.address);
  });
  after(async () => {
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

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

  test("they are listed in pages, each once, and go when the other account goes", async () => {
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
    await client.unary(deleteUser, { userId: "me" }, first);
    assert.deepEqual(
      (await all(owner)).map(([id]) => id),
      ids.filter((id) => id !== first.id),
    );
  });
});

function summary({ userId, blocked, muted }: v1.Relationship) {
  return [userId, blocked, muted] as const;
}
