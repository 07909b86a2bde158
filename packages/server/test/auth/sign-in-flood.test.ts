import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { PASSWORD, register, signIn } from "../support/people.ts";
import { rawCall } from "../support/raw-call.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";

const { createSession } = v1.AuthService.method;

/** Whoever floods tries again after this time, so that the server is busy with passwords and not with refusals. */
const FLOOD_PAUSE_MS = 200;

/** Signs Ada in from an address; gives the code. */
async function signInFrom(from: string, server: string): Promise<number> {
  const credential = { case: "password", value: { handle: "ada", password: PASSWORD } } as const;
  return (await rawCall(server, createSession, { credential }, { from })).code;
}

for (const runtime of runtimes) {
  test(`during a flood of sign-ins from elsewhere everybody else gets in, on ${runtime}`, async () => {
    const unlimited = "1000000/86400";
    const env = {
      CONFAB_RATE_LIMITS: "true",
      CONFAB_LIMIT_SIGN_IN_ADDRESS: unlimited,
      CONFAB_LIMIT_CALLS: unlimited,
    };
    await using server = await startServerProcess({ runtime, env });
    using client = new TestClient(server.address);
    await register(client, "ada");
    let isFlooding = true;
    const reasons = new Set<string | undefined>();
    const busy = Promise.withResolvers<void>();
    const flood = Array.from({ length: 150 }, async (_, index) => {
      while (isFlooding) {
        const { reason } = await refusalOf(signIn(client, `nobody${index}`, "x"));
        reasons.add(reason);
        if (reason !== "SIGN_IN_BUSY") continue;
        busy.resolve();
        await setTimeout(FLOOD_PAUSE_MS);
      }
    });
    await busy.promise;
    for (let round = 0; round < 2; round++) {
      const attempts = ["127.0.5.1", "127.0.5.2", "127.0.5.2"].map((from) =>
        signInFrom(from, server.address),
      );
      assert.deepEqual(await Promise.all(attempts), [status.OK, status.OK, status.OK]);
    }
    isFlooding = false;
    await Promise.all(flood);
    assert.deepEqual([...reasons].sort(), ["CREDENTIALS_WRONG", "SIGN_IN_BUSY"]);
  });
}
