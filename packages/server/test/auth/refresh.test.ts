import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { readRefusal, refusalOf, streamError, TestClient } from "../support/client.ts";
import { auditOf, listen, MAX_END_MS, type Person, register, signIn } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser } = v1.UserService.method;
const { refreshSession, deleteSession, listSessions } = v1.AuthService.method;

const me = { key: { case: "userId", value: "me" } } as const;

for (const runtime of runtimes) {
  describe(`refreshing a session on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));

    const refresh = ({ refreshToken }: { readonly refreshToken: string }) =>
      client.unary(refreshSession, { refreshToken });
    const isSignedIn = async (token: string): Promise<boolean> =>
      client.unary(getUser, me, { token }).then(
        () => true,
        () => false,
      );

    async function assertRevoked(person: Person): Promise<void> {
      const { code, reason } = await refusalOf(client.unary(getUser, me, person));
      assert.deepEqual([code, reason], [status.UNAUTHENTICATED, "SESSION_REVOKED"]);
      const { sessions } = await client.unary(listSessions, {}, await signIn(client, person.handle));
      assert.ok(sessions.every(({ id }) => id !== person.sessionId));
    }

    test("a refresh gives another pair of tokens for the same session, which lives on", async () => {
      const person = await register(client, "ada");
      const pair = await refresh(person);
      assert.notEqual(pair.refreshToken, person.refreshToken);
      assert.ok(Number(pair.expiresIn?.seconds) > 290 && Number(pair.expiresIn?.seconds) <= 300);
      const { sessions } = await client.unary(listSessions, {}, { token: pair.accessToken });
      assert.deepEqual(
        sessions.map(({ id }) => id),
        [person.sessionId],
      );
      assert.ok(await isSignedIn(person.token), "the access token before it lives until it ends");
      assert.ok(await isSignedIn((await refresh(pair)).accessToken));
    });

    test("a refresh token that comes again after its successor was used ends session and streams", async () => {
      const person = await register(client, "stolen-from");
      const thief = { refreshToken: person.refreshToken };
      const pair = await refresh(person);
      const newest = await refresh(pair);
      const stream = await listen(client, { token: newest.accessToken });
      const ended = streamError(stream);

      const startedAt = performance.now();
      const refusal = await refusalOf(refresh(thief));
      assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, "SESSION_REVOKED"]);
      const end = readRefusal(await ended);
      assert.deepEqual([end.code, end.reason], [status.UNAUTHENTICATED, "SESSION_REVOKED"]);
      assert.ok(performance.now() - startedAt < MAX_END_MS);

      await assertRevoked(person);
      assert.equal((await refusalOf(refresh(newest))).reason, "TOKEN_INVALID");
      const entry = (await auditOf(server, person.id)).find(
        ({ action }) => action === "session-refresh-reused",
      );
      assert.deepEqual([entry?.actorId, entry?.targetId], [person.id, person.sessionId]);
    });

    test("an old refresh token is recognised however many came after it", async () => {
      const person = await register(client, "long-lived");
      let pair = await refresh(person);
      for (let count = 0; count < 20; count++) pair = await refresh(pair);
      assert.equal((await refusalOf(refresh(person))).reason, "SESSION_REVOKED");
      await assertRevoked(person);
    });

    test("a token of the same family that was never given out ends the session too", async () => {
      const person = await register(client, "guessed-at");
      const forged = { refreshToken: `${person.refreshToken.slice(0, -10)}${"A".repeat(10)}` };
      assert.equal((await refusalOf(refresh(forged))).reason, "SESSION_REVOKED");
      await assertRevoked(person);
    });

    test("when the answer is lost the same refresh token works again, and one successor lives", async () => {
      const person = await register(client, "lossy");
      const lost = await refresh(person);
      const found = await refresh(person);
      assert.equal(found.refreshToken, lost.refreshToken);
      assert.ok(await isSignedIn(found.accessToken));
      const next = await refresh(found);
      assert.ok(await isSignedIn(next.accessToken));
      // Only now is the first one a reuse.
      assert.equal((await refusalOf(refresh(person))).reason, "SESSION_REVOKED");
      assert.ok(!(await isSignedIn(lost.accessToken)));
    });

    test("many refreshes of one token at once raise no alarm and give one pair", async () => {
      const person = await register(client, "two-tabs");
      const pairs = await Promise.all(Array.from({ length: 8 }, () => refresh(person)));
      assert.equal(new Set(pairs.map(({ refreshToken }) => refreshToken)).size, 1);
      // Whichever answer a tab has kept, it can go on.
      for (const pair of pairs) assert.ok(await isSignedIn(pair.accessToken));
      const [pair = person] = pairs;
      assert.ok(await isSignedIn((await refresh(pair)).accessToken));
      const entries = await auditOf(server, person.id);
      assert.ok(entries.every(({ action }) => action !== "session-refresh-reused"));
    });

    test("a session that has ended is not refreshed, not even with an answer from a moment ago", async () => {
      const person = await register(client, "signed-out");
      const { accessToken } = await refresh(person);
      await client.unary(deleteSession, {}, { token: accessToken });
      const { code, reason } = await refusalOf(refresh(person));
      assert.deepEqual([code, reason], [status.UNAUTHENTICATED, "SESSION_REVOKED"]);
    });
  });

  test(`a lost answer is given again after a restart too, on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    const { refreshToken } = await withClient((client) => register(client, "restarted"));
    const lost = await withClient((client) => client.unary(refreshSession, { refreshToken }));
    await withClient(async (client) => {
      const found = await client.unary(refreshSession, { refreshToken });
      await client.unary(getUser, me, { token: found.accessToken });
      await client.unary(getUser, me, { token: lost.accessToken });
      // Two successors of one token can't both be its owner's.
      await client.unary(refreshSession, { refreshToken: found.refreshToken });
      const stolen = client.unary(refreshSession, { refreshToken: lost.refreshToken });
      assert.equal((await refusalOf(stolen)).reason, "SESSION_REVOKED");
    });
    rmSync(dataDir, { recursive: true });

    async function withClient<Result>(use: (client: TestClient) => Promise<Result>): Promise<Result> {
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const result = await use(client);
      await server.stop("SIGTERM");
      return result;
    }
  });
}
