import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { runtimes } from "../support/runtimes.ts";
import { webProtocols } from "../support/web-channel.ts";
import { actingCall, calls } from "./calls.ts";
import { Cast } from "./cast.ts";
import { expectedTable, expectedWhereClosed } from "./expected.ts";
import { expectedActing } from "./expected-users.ts";
import { gaps, rpcsOf } from "./gaps.ts";
import { differences, perform } from "./perform.ts";
import { objects, outcomeOf } from "./rows.ts";
import { askServices } from "./served.ts";

const ways = [undefined, ...webProtocols];

for (const [runtime, protocol] of runtimes.flatMap((each) => ways.map((way) => [each, way] as const))) {
  describe(`the access matrix over ${protocol ?? "grpc"} on ${runtime}`, () => {
    let cast: Cast;
    before(async () => {
      cast = await Cast.start(runtime, protocol && { protocol });
    });
    after(() => cast[Symbol.asyncDispose]());

    test("it has rows for every RPC that is served, and for no other", async () => {
      assert.deepEqual(gaps(await askServices(cast.address), expectedTable), []);
    });

    for (const [service, rows] of Object.entries(expectedTable)) {
      for (const [name, call] of Object.entries(calls[service] ?? {})) {
        test(`${service}/${name} answers every caller as the table says`, async () => {
          const its = rows.filter(([rowName]) => rowName === name);
          assert.deepEqual(await differences(cast, call, its), []);
        });
      }
    }

    test("a service key that acts for a user is answered as that user is", async () => {
      const found: string[] = [];
      for (const [service, rows] of Object.entries(expectedTable)) {
        for (const row of rows) {
          const call = calls[service]?.[row[0]];
          // It has no session of the user's to sign out.
          if (!call || row[0] === "DeleteSession (this one)") continue;
          const outcome = await perform(cast, call, { object: row[1], role: "acting" });
          if (outcome !== outcomeOf(row, "user")) found.push(`${service}/${row[0]}, ${row[1]}: ${outcome}`);
        }
      }
      assert.deepEqual(found, []);
    });

    test("none but a service key acts for others, and for nobody above moderators", async () => {
      assert.deepEqual(await differences(cast, actingCall, expectedActing), []);
    });
  });
}

test("where registration is closed, only administrators and services make accounts", async () => {
  await using cast = await Cast.start("node", { env: { CONFAB_REGISTRATION: "closed" } });
  for (const [service, rows] of Object.entries(expectedWhereClosed)) {
    const call = calls[service]?.CreateUser;
    assert.ok(call);
    assert.deepEqual(await differences(cast, call, rows), [], service);
  }
});

test("an RPC without rows, a row without an RPC and a service that nobody knows are gaps", () => {
  const [first, ...others] = expectedTable["confab.v1.AdminService"] ?? [];
  assert.ok(first);
  const table = { ...expectedTable, "confab.v1.AdminService": others };
  const served = new Map(Object.entries(expectedTable).map(([service, rows]) => [service, rpcsOf(rows)]));
  assert.deepEqual(gaps(served, expectedTable), []);
  assert.deepEqual(gaps(served, table), [`confab.v1.AdminService/${first[0]} is served and has no rows`]);
  assert.deepEqual(gaps(new Map([...served, ["confab.v1.CallService", ["CreateCall"]]]), expectedTable), [
    "confab.v1.CallService/CreateCall is served and has no rows",
  ]);
  served.delete("ChatService");
  assert.deepEqual(gaps(served, expectedTable), [
    "ChatService/SendMessage has rows and is not served",
    "ChatService/ReceiveMessage has rows and is not served",
    "ChatService/Chat has rows and is not served",
  ]);
});

test("every row is played, and every call has its own, another's and a missing object, or none", () => {
  for (const [service, rows] of Object.entries(expectedTable)) {
    const names = [...new Set(rows.map(([call]) => call))];
    assert.deepEqual(names, Object.keys(calls[service] ?? {}));
    for (const name of names) {
      const its = rows.filter(([call]) => call === name).map(([, object]) => object);
      assert.deepEqual(
        its,
        objects.filter((object) => its.includes(object)),
        `the objects of ${name}`,
      );
      const isWhole = its.includes("own") && its.includes("missing") && its.length > 2;
      assert.ok(isWhole || its.join() === "–", `${service}/${name} has only ${its.join(", ")}`);
    }
  }
});
