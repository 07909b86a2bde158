import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { type CallOptions, refusalOf, TestClient } from "../support/client.ts";
import { LiveReader } from "../support/live-reader.ts";
import { operatorClient, register } from "../support/people.ts";
import { bringIn, makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";

const { sendMessage, searchMessages } = v1.ChatService.method;
const { createRoom } = v1.RoomService.method;
const { getUser } = v1.UserService.method;
const { createServiceKey } = v1.AdminService.method;

const me = { key: { case: "userId", value: "me" } } as const;

/** Counted over a day: on a slow machine a second would be over too soon. */
const env = {
  CONFAB_RATE_LIMITS: "true",
  CONFAB_LIMIT_REGISTER: "10/86400",
  CONFAB_LIMIT_SEND: "5/86400",
  CONFAB_LIMIT_CALLS: "40/86400",
  CONFAB_LIMIT_SEARCH: "2/86400",
  CONFAB_LIMIT_JOIN: "2/86400",
  CONFAB_LIMIT_SERVICE_SEND: "12/86400",
  CONFAB_LIMIT_SERVICE_CALLS: "60/86400",
};

/** Calls until a call is refused for its number, and returns how many were not. */
async function countOf(call: () => Promise<unknown>): Promise<number> {
  for (let count = 0; count < 200; count++) {
    try {
      await call();
    } catch (error) {
      assert.equal((await refusalOf(Promise.reject(error))).reason, "RATE_LIMITED");
      return count;
    }
  }
  throw new Error("200 calls were not refused");
}

for (const runtime of runtimes) {
  describe(`the limits of service keys on ${runtime}`, () => {
    test("are their own, whomever they act for, and people's are not touched", async () => {
      await using server = await startServerProcess({ runtime, env });
      using client = new TestClient(server.address);
      using operator = operatorClient(server);
      const keyNamed = async (name: string) => ({
        token: (await operator.unary(createServiceKey, { name })).key,
      });
      const [shop, other] = [await keyNamed("shop"), await keyNamed("other")];
      const [ada, bob] = [await register(client, "ada"), await register(client, "bob")];
      const room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, bob);
      const send = (by: CallOptions) => () =>
        client.unary(sendMessage, { roomId: room.id, text: "hello" }, by);
      const asBob = { ...shop, metadata: { "x-confab-act-as": bob.id } };

      for (let count = 0; count < 4; count++) await send(asBob)();
      for (let count = 0; count < 3; count++) {
        await client.unary(searchMessages, { query: "hello" }, asBob);
        await client.unary(createRoom, { room: { title: "Room" } }, asBob);
      }
      assert.equal(await countOf(send(shop)), 12 - 4);
      assert.equal((await refusalOf(send(asBob)())).reason, "RATE_LIMITED");
      assert.equal(await countOf(send(bob)), 5, "what the key sent for bob is not his");
      await send(other)();

      // 14 sends, two of them refused, three rooms, and three searches that count as three calls each.
      assert.equal(await countOf(() => client.unary(getUser, me, shop)), 60 - 14 - 3 - 9);
      assert.equal((await refusalOf(client.unary(getUser, me, asBob))).reason, "RATE_LIMITED");
      await client.unary(getUser, me, other);
      await client.unary(getUser, me, bob);
    });

    test("count the commands of a stream", async () => {
      await using server = await startServerProcess({ runtime, env });
      using client = new TestClient(server.address);
      using operator = operatorClient(server);
      const { key } = await operator.unary(createServiceKey, { name: "shop" });
      const room = await makeRoom(client, { token: key });
      using reader = await LiveReader.open(client, { token: key });
      for (let index = 1; index <= 13; index++) reader.send(`${index}`, { roomId: room.id, text: "hello" });
      assert.equal((await reader.result("12")).result.case, "sendMessage");
      const { result } = await reader.result("13");
      assert.equal(result.case === "error" && result.value.reason, "RATE_LIMITED");
    });
  });
}
