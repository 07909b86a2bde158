import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { readRefusal, refusalOf, streamError } from "../support/client.ts";
import { forgeToken, readSigningKey } from "../support/forge.ts";
import { assertEnds, assertOpen, listen, operatorClient, register, signIn } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";
import { eventually } from "../support/wait.ts";

const { getUser, updateUserAccess } = v1.UserService.method;
const { deleteSession } = v1.AuthService.method;
const { chat, receiveMessage } = simple.ChatService.method;

const me = { key: { case: "userId", value: "me" } } as const;

for (const runtime of runtimes) {
  describe(`streams and the sessions they belong to on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));

    test("a stream outlives its access token, but not its session", async () => {
      const person = await register(client, "ada");
      const openBoth = (token: string) => Promise.all([listen(client, { token }), listen(client, { token })]);
      const openForBrief = async (lifeS: number) => {
        const exp = Math.floor(Date.now() / 1_000) + lifeS;
        const token = await forgeToken(readSigningKey(server.dataDir), person.token, { payload: { exp } });
        const streams = await openBoth(token).catch(() => null);
        return streams && { token, streams };
      };
      // The shorter life is over before a slow machine has opened them.
      const opened = (await openForBrief(3)) ?? (await openForBrief(30));
      assert.ok(opened);
      const {
        token,
        streams: [goesOn, ends],
      } = opened;
      await eventually(async () => {
        const call = client.unary(getUser, me, { token });
        return call.then(
          () => false,
          (error) => readRefusal(error).reason === "TOKEN_EXPIRED",
        );
      }, "end of the token");
      const refused = await streamError(client.serverStream(receiveMessage, {}, { token }));
      assert.equal(readRefusal(refused).reason, "TOKEN_EXPIRED", "no new one is opened with it");
      await assertOpen(client, goesOn);
      await assertEnds(ends, "SESSION_REVOKED", () => client.unary(deleteSession, {}, person));
    });

    test("whoever talks and listens on one stream is cut off in both directions", async () => {
      const person = await register(client, "grace");
      const stream = client.bidi(chat, person);
      const heard = new Promise((resolve) => stream.once("data", resolve));
      stream.write({ text: "hello" });
      await heard;
      await assertEnds(stream, "SESSION_REVOKED", () => client.unary(deleteSession, {}, person));
      const listener = await listen(client, {});
      const texts: string[] = [];
      listener.on("data", ({ text }: simple.Message) => texts.push(text));
      stream.write({ text: "after the end" });
      await assertOpen(client, listener);
      assert.ok(!texts.includes("after the end"));
    });

    test("a suspended account's streams end, and it is not let in again until it is reinstated", async () => {
      const person = await register(client, "hedy");
      using operator = operatorClient(server);
      await assertEnds(await listen(client, person), "SUSPENDED", () =>
        operator.unary(updateUserAccess, { userId: person.id, state: v1.UserState.SUSPENDED }),
      );
      assert.equal((await refusalOf(signIn(client, "hedy"))).reason, "SUSPENDED");
      await operator.unary(updateUserAccess, { userId: person.id, state: v1.UserState.ACTIVE });
      const old = await streamError(client.serverStream(receiveMessage, {}, person));
      assert.deepEqual([old.code, readRefusal(old).reason], [status.UNAUTHENTICATED, "SESSION_REVOKED"]);
      await assertOpen(client, await listen(client, await signIn(client, "hedy")));
    });

    test("the streams of guests without a token go on, whoever signs out", async () => {
      const person = await register(client, "katherine");
      const guest = await listen(client, {});
      await client.unary(deleteSession, {}, person);
      await assertOpen(client, guest);
    });
  });
}
