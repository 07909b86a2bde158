import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { createTestServer, type TestServer } from "@confab/server/testing";
import { status } from "@grpc/grpc-js";
import { Collector, refusalOf, TestClient } from "../support/client.ts";
import {
  listen,
  operatorClient,
  PASSWORD,
  type Person,
  register,
  signIn,
  signInAsGuest,
} from "../support/people.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { getUser, updateUser, deleteUser, createUser } = v1.UserService.method;
const { createServiceKey, deleteServiceKey } = v1.AdminService.method;

const { sendMessage } = simple.ChatService.method;

const DAY_MS = 24 * 60 * 60_000;
const KEPT_MS = 30 * DAY_MS;

describe("a handle that was given up", () => {
  let server: TestServer<never, never>;
  let client: TestClient;
  let operator: TestClient;
  let dataDir: string;
  let ada: Person;
  beforeEach(async () => {
    dataDir = temporaryFolder();
    server = await createTestServer({ clock: Date.UTC(2030, 0, 1), dataDir });
    client = new TestClient(server.address);
    operator = operatorClient({ dataDir });
    ada = await register(client, "ada");
  });
  afterEach(async () => {
    client[Symbol.dispose]();
    operator[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  const rename = (person: Person, handle: string, by: TestClient = client) =>
    by.unary(
      updateUser,
      { user: { id: by === operator ? person.id : "me", handle }, updateMask: { paths: ["handle"] } },
      by === operator ? {} : person,
    );
  const lookUp = (handle: string) =>
    operator.unary(getUser, { key: { case: "handle", value: handle } }).then(({ user }) => user?.id);
  const say = (userName: string, text: string) =>
    client.unary(sendMessage, { userName, text }).then((stored) => stored.userName);
  const make = (handle: string) => operator.unary(createUser, { user: { handle }, password: PASSWORD });

  /** Nobody else can have the handle, in any way, and it finds nobody. */
  async function assertKept(handle: string): Promise<void> {
    assert.equal((await refusalOf(lookUp(handle))).reason, "USER_NOT_FOUND");
    const signingIn = await refusalOf(signIn(client, handle));
    assert.deepEqual([signingIn.code, signingIn.reason], [status.UNAUTHENTICATED, "CREDENTIALS_WRONG"]);
    for (const spelling of [handle, handle.toUpperCase()]) {
      const taken = await refusalOf(make(spelling));
      assert.deepEqual([taken.code, taken.reason, taken.field], [6, "HANDLE_TAKEN", "user.handle"]);
      assert.equal((await refusalOf(signInAsGuest(client, spelling))).reason, "NAME_HELD");
      const speaking = await refusalOf(say(spelling, "hello"));
      assert.deepEqual([speaking.code, speaking.reason, speaking.field], [7, "NAME_HELD", "user_name"]);
    }
    assert.equal(
      (await refusalOf(operator.unary(createServiceKey, { name: handle }))).reason,
      "HANDLE_TAKEN",
    );
    const other = await register(client, `other-of-${handle}`);
    assert.equal((await refusalOf(rename(other, handle))).reason, "HANDLE_TAKEN");
    const guest = await signInAsGuest(client, "Someone");
    const called = { user: { id: "me", displayName: handle }, updateMask: { paths: ["display_name"] } };
    assert.equal((await refusalOf(client.unary(updateUser, called, guest))).reason, "NAME_HELD");
  }

  test("is nobody's for 30 days, to the millisecond, and then free", async () => {
    await rename(ada, "countess");
    await assertKept("ada");
    await server.clock.advance(KEPT_MS - 1);
    assert.equal((await refusalOf(make("ada"))).reason, "HANDLE_TAKEN");
    await server.clock.advance(1);
    const { user } = await make("ada");
    assert.equal(await lookUp("ada"), user?.id);
    assert.equal(await lookUp("countess"), ada.id);
  });

  test("can be taken back by who gave it up, and then the other one is kept", async () => {
    await rename(ada, "countess");
    await rename(ada, "Ada");
    assert.equal(await lookUp("ada"), ada.id);
    await assertKept("countess");
    await rename(ada, "ADA");
    assert.equal(await lookUp("ada"), ada.id, "another case is no other handle");
  });

  test("is kept of an erased user too, as a hash that names nobody", async () => {
    await rename(ada, "countess");
    await client.unary(deleteUser, { userId: "me" }, ada);
    await assertKept("ada");
    await assertKept("countess");
    {
      using database = new DatabaseSync(join(dataDir, "confab.db"), { readOnly: true });
      const rows = database.prepare("select * from retired_handles").all();
      assert.equal(rows.length, 2);
      for (const row of rows) {
        assert.equal(row.user_id, null);
        assert.doesNotMatch(JSON.stringify(row), /ada|countess/);
      }
    }
    await server.clock.advance(KEPT_MS);
    await make("ada");
    await make("countess");
  });

  test("is one of five that a user keeps in this way; who manages accounts is not held up", async () => {
    for (let count = 1; count <= 5; count++) await rename(ada, `ada-${count}`);
    const refusal = await refusalOf(rename(ada, "ada-6"));
    assert.deepEqual(
      [refusal.code, refusal.reason, refusal.field, refusal.retryAfterMs],
      [status.RESOURCE_EXHAUSTED, "RATE_LIMITED", "user.handle", KEPT_MS],
    );
    assert.equal(await lookUp("ada-5"), ada.id);
    await rename(ada, "ada-2");
    await rename(ada, "ada-6", operator);
    assert.equal(await lookUp("ada-6"), ada.id);
  });

  test("is a guest's name again once it is free, to all who read", async () => {
    assert.equal(await say("Byron", "before"), "Byron");
    const byron = await register(client, "byron");
    await rename(byron, "lord");
    await server.clock.advance(KEPT_MS - 1);
    assert.equal((await refusalOf(say("Byron", "while it is kept"))).reason, "NAME_HELD");
    const heard = new Collector(await listen(client, {}));
    await server.clock.advance(1);
    assert.equal(await say("Byron", "after"), "Byron");
    const told = (messages: readonly simple.Message[]) => messages.map(({ userName }) => userName);
    assert.deepEqual(told(await heard.atLeast(2)), ["Byron (guest)", "Byron"]);
    const read = new Collector(await listen(client, {}));
    assert.deepEqual(told(await read.atLeast(2)), ["Byron", "Byron"]);
  });

  test("of a service is free for another service, and for nobody else", async () => {
    await operator.unary(createServiceKey, { name: "shop" });
    await operator.unary(deleteServiceKey, { name: "shop" });
    assert.equal((await refusalOf(make("shop"))).reason, "HANDLE_TAKEN");
    await operator.unary(createServiceKey, { name: "shop" });
    await operator.unary(deleteServiceKey, { name: "shop" });
  });
});
