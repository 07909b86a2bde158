import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, type DescMessage, type DescMethodUnary, type MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { Code, NotFoundError, UnavailableError } from "../errors.ts";
import { Directory } from "./directory.ts";

const MANY = 30_000;
const ids = Array.from({ length: MANY }, (_, index) => `user-${index}`);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Answers as the server does, after a turn of the event loop, and counts what it is asked for. */
function directoryOf({ isDown }: { readonly isDown: () => boolean } = { isDown: () => false }) {
  const asked: string[] = [];
  let calls = 0;
  let nowMs = 0;
  const user = (id: string): v1.User =>
    create(v1.UserSchema, { id, handle: id, displayName: `Name of ${id}` });
  async function call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<never> {
    calls++;
    await turn();
    if (isDown()) throw new UnavailableError({ reason: "", code: Code.UNAVAILABLE, message: "down" });
    if (method.name === "BatchGetUsers") {
      const { userIds = [] } = request as { userIds?: string[] };
      asked.push(...userIds);
      return { users: userIds.filter((id) => !id.startsWith("no")).map(user) } as never;
    }
    const { value } = (request as { key: { value: string } }).key;
    asked.push(value);
    if (value.startsWith("no")) {
      throw new NotFoundError({ reason: "USER_NOT_FOUND", code: Code.NOT_FOUND, message: "no" });
    }
    return { user: user(value) } as never;
  }
  const directory = new Directory({ session: { call }, environment: { nowMs: () => nowMs } });
  return {
    directory,
    asked,
    calls: () => calls,
    pass(ms: number) {
      nowMs += ms;
    },
    /** Waits until nothing is asked any more. */
    async settle(): Promise<void> {
      for (let before = -1; before !== calls; ) {
        before = calls;
        for (let turns = 0; turns < 10; turns++) await turn();
      }
    },
  };
}

describe("the directory of people", () => {
  test("asks once for each of those that a screen shows, however many, and then knows them all", async () => {
    const { directory, asked, settle, calls } = directoryOf();
    let shown = ids.map((id) => directory.show(id));
    directory.names.subscribe(() => {
      shown = ids.map((id) => directory.show(id));
    });
    await settle();
    assert.equal(asked.length, MANY);
    assert.equal(new Set(asked).size, MANY);
    assert.equal(
      shown.every(({ isKnown }) => isKnown),
      true,
    );
    assert.equal(calls(), MANY / 100);
  });

  test("keeps a bounded number, those in use among them", async () => {
    const { directory, pass, asked } = directoryOf();
    const mine = ids.slice(0, 100).map((id) => directory.show(id));
    const users = await directory.load(ids);
    assert.equal(users.size, MANY);
    assert.equal(
      [...users.values()].every(({ isKnown }) => isKnown),
      true,
    );
    assert.equal(directory.names.get() <= 10_000, true);
    assert.equal(
      mine.every(({ id }) => directory.peek(id)?.isKnown),
      true,
    );
    assert.equal(asked.length, MANY);
    pass(3_600_000);
    await directory.load(ids.map((id) => `other-${id}`));
    assert.equal(directory.peek("user-0"), undefined);
  });

  test("never asks for the same twice at once", async () => {
    const { directory, asked, settle } = directoryOf();
    directory.show("ada");
    directory.show("ada");
    await Promise.all([directory.load(["ada", "ada"]), directory.get("ada"), directory.load(["ada"])]);
    assert.deepEqual(asked, ["ada"]);
    await Promise.all([
      directory.get("grace"),
      directory.get("grace"),
      directory.byHandle("kay"),
      directory.byHandle("kay"),
    ]);
    assert.deepEqual(asked, ["ada", "grace", "kay"]);
    directory.refresh();
    for (let count = 0; count < 5; count++) {
      directory.show("ada");
      await Promise.resolve();
    }
    await settle();
    assert.deepEqual(asked, ["ada", "grace", "kay", "ada"]);
  });

  test("asks again for those that it could not get, but not at once", async () => {
    let isDown = true;
    const { directory, asked, pass, settle } = directoryOf({ isDown: () => isDown });
    assert.equal(directory.show("ada").isKnown, false);
    assert.equal((await directory.load(["ada", "nobody"])).get("ada")?.isKnown, false);
    isDown = false;
    directory.show("ada");
    await settle();
    assert.deepEqual(asked, []);
    pass(30_000);
    directory.show("ada");
    directory.show("nobody");
    await settle();
    assert.deepEqual(asked, ["ada", "nobody"]);
    assert.equal(directory.show("ada").displayName, "Name of ada");
    await assert.rejects(directory.get("nobody"), { reason: "USER_NOT_FOUND" });
  });
});
