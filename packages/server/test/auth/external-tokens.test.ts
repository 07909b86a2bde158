import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import type { JWTPayload } from "jose";
import { refusalOf, TestClient } from "../support/client.ts";
import { AUDIENCE, createKey, ISSUER, startIdentityProvider } from "../support/identity-provider.ts";
import { auditOf, operatorClient, register, signIn, signInWithToken } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { runServerToExit, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { getUser, updateUser, updateUserAccess, deleteUser } = v1.UserService.method;
const { getServerInfo } = v1.AuthService.method;

const me = { key: { case: "userId", value: "me" } } as const;
const expected = { CONFAB_JWT_ISSUER: ISSUER, CONFAB_JWT_AUDIENCE: AUDIENCE };

for (const runtime of runtimes) {
  describe(`the host application's tokens on ${runtime}`, async () => {
    const provider = await startIdentityProvider();
    const env = {
      ...expected,
      CONFAB_JWKS_URL: provider.url,
      CONFAB_JWT_ROLE_CLAIM: "chat_role",
      CONFAB_HELD_HANDLES: "acme",
    };
    const { server, client } = await forSuite(startServerProcess({ runtime, env }));
    after(() => provider[Symbol.asyncDispose]());

    const enter = async (claims: JWTPayload) => signInWithToken(client, await provider.sign(claims));
    async function profileOf(options: { readonly token: string }): Promise<v1.User> {
      const { user } = await client.unary(getUser, me, options);
      assert.ok(user);
      return user;
    }

    test("while the provider is not well signing in is unavailable for now, and then works", async () => {
      const token = await provider.sign({ sub: "patient" });
      for (const mood of ["error", "not-json", "no-key-set"] as const) {
        provider.mood = mood;
        const refusal = await refusalOf(signInWithToken(client, token));
        assert.deepEqual(
          [refusal.code, refusal.reason],
          [status.UNAVAILABLE, "IDENTITY_PROVIDER_UNREACHABLE"],
          mood,
        );
        assert.ok(Number(refusal.retryAfterMs) > 0);
      }
      provider.mood = "well";
      await signInWithToken(client, token);
    });

    test("its users are made on first sight, with handle and name from the claims, and known again", async () => {
      const first = await enter({ sub: "u-1", preferred_username: "Ada.L", name: "Ada Lovelace" });
      const profile = await profileOf(first);
      assert.deepEqual(
        [profile.handle, profile.displayName, profile.kind, profile.role],
        ["Ada.L", "Ada Lovelace", v1.UserKind.HUMAN, v1.SystemRole.USER],
      );
      const again = await enter({
        sub: "u-1",
        preferred_username: "someone.else",
        name: "Countess Lovelace",
      });
      assert.equal(again.id, first.id);
      const renamed = await profileOf(again);
      assert.deepEqual([renamed.handle, renamed.displayName], ["Ada.L", "Countess Lovelace"]);
      assert.equal((await refusalOf(signIn(client, "Ada.L", ""))).reason, "CREDENTIALS_WRONG");
      const entries = await auditOf(server, first.id);
      assert.deepEqual(
        entries.map(({ action }) => action),
        ["sign-in", "user-updated", "sign-in", "user-created"],
      );
    });

    test("a handle that is taken, held, given up or none is given a suffix", async () => {
      await register(client, "grace");
      const renamed = await register(client, "joan");
      await client.unary(
        updateUser,
        { user: { id: renamed.id, handle: "joan.c" }, updateMask: { paths: ["handle"] } },
        renamed,
      );
      const cases = [
        ["grace", /^grace-[0-9a-f]{6}$/],
        ["grace@example.org", /^grace-[0-9a-f]{6}$/],
        ["hedy@example.org", /^hedy$/],
        ["ｋａｔｈｙ", /^kathy$/],
        ["joan", /^joan-[0-9a-f]{6}$/],
        ["acme", /^acme-[0-9a-f]{6}$/],
        ["ac.me", /^ac.me-[0-9a-f]{6}$/],
        ["deleteduser", /^user-[0-9a-f]{6}$/],
        ["De1eted.User", /^user-[0-9a-f]{6}$/],
        [`${"7".repeat(13)}deleted-user`, /^7{13}deleted-use-[0-9a-f]{6}$/],
        [`${"7".repeat(13)}deleteduser-of-our-company`, /^user-[0-9a-f]{6}$/],
        ["x", /^x-[0-9a-f]{6}$/],
        ["me", /^me-[0-9a-f]{6}$/],
        ["Operator@example.org", /^Operator-[0-9a-f]{6}$/],
        ["guest", /^guest-[0-9a-f]{6}$/],
        ["admin", /^admin-[0-9a-f]{6}$/],
        ["любовь", /^user-[0-9a-f]{6}$/],
        ["a".repeat(40), /^a{24}-[0-9a-f]{6}$/],
        [undefined, /^user-[0-9a-f]{6}$/],
        [7, /^user-[0-9a-f]{6}$/],
      ] as const;
      for (const [index, [proposed, pattern]] of cases.entries()) {
        const { handle } = await profileOf(
          await enter({ sub: `handle-${index}`, preferred_username: proposed }),
        );
        assert.match(handle, pattern, String(proposed));
      }
    });

    test("a name that can't be shown is left out", async () => {
      for (const name of ["\u001b[2J", "x".repeat(65), "\u2800", "Deleted User", 7]) {
        const { displayName } = await profileOf(await enter({ sub: `name-${name}`, name }));
        assert.equal(displayName, "");
      }
    });

    test("the role claim gives the role, and takes it when it says something else", async () => {
      const roles = [
        ["moderator", v1.SystemRole.MODERATOR],
        ["admin", v1.SystemRole.ADMIN],
        ["service", v1.SystemRole.USER],
        [undefined, v1.SystemRole.USER],
      ] as const;
      for (const [claim, role] of roles) {
        const person = await enter({ sub: "climber", chat_role: claim });
        assert.equal((await profileOf(person)).role, role, String(claim));
      }
    });

    test("many first sign-ins of one person at once make one account", async () => {
      const claims = { sub: "eager", preferred_username: "eager" };
      const people = await Promise.all(Array.from({ length: 8 }, () => enter(claims)));
      assert.equal(new Set(people.map(({ id }) => id)).size, 1);
    });

    test("a token of another issuer, audience or key, or one that has ended, is refused", async () => {
      const { key } = await createKey("theirs");
      const { key: stranger } = await createKey("nobody's");
      const cases = [
        [await provider.sign({ sub: "x" }, { issuer: "https://elsewhere.test" }), "TOKEN_INVALID"],
        [await provider.sign({ sub: "x" }, { audience: "another-app" }), "TOKEN_INVALID"],
        [await provider.sign({ sub: "x" }, { key }), "TOKEN_INVALID"],
        [await provider.sign({ sub: "x" }, { key: stranger }), "TOKEN_INVALID"],
        [await provider.sign({ sub: "x" }, { lifetimeS: -60 }), "TOKEN_EXPIRED"],
        [await provider.sign({}), "TOKEN_INVALID"],
        [await provider.sign({ sub: "" }), "TOKEN_INVALID"],
        [(await register(client, "own-token")).token, "TOKEN_INVALID"],
        ["nonsense", "TOKEN_INVALID"],
        ["", "TOKEN_INVALID"],
        [await provider.sign({ sub: "x".repeat(20_000) }), "TOKEN_INVALID"],
      ] as const;
      for (const [index, [token, reason]] of cases.entries()) {
        const refusal = await refusalOf(signInWithToken(client, token));
        assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, reason], `case ${index}`);
      }
    });

    test("the provider's token signs in, and is no access token", async () => {
      const token = await provider.sign({ sub: "u-1" });
      assert.equal((await refusalOf(client.unary(getUser, me, { token }))).reason, "TOKEN_INVALID");
    });

    test("the provider's token does not let a suspended user in, and gives a deleted user a new account", async () => {
      const person = await enter({ sub: "barred", preferred_username: "barred" });
      using operator = operatorClient(server);
      await operator.unary(updateUserAccess, { userId: person.id, state: v1.UserState.SUSPENDED });
      const refusal = await refusalOf(enter({ sub: "barred" }));
      assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "SUSPENDED"]);
      await operator.unary(deleteUser, { userId: person.id });
      const anew = await enter({ sub: "barred", preferred_username: "barred" });
      assert.notEqual(anew.id, person.id);
      assert.match((await profileOf(anew)).handle, /^barred-[0-9a-f]{6}$/, "the handle is kept from others");
    });
  });

  test(`the provider's keys can be a file, on ${runtime}`, async () => {
    await using provider = await startIdentityProvider();
    const folder = temporaryFolder();
    const file = join(folder, "jwks.json");
    writeFileSync(file, JSON.stringify(provider.keySet));
    const env = { ...expected, CONFAB_JWKS_FILE: file, CONFAB_JWT_HANDLE_CLAIM: "nick" };
    await using server = await startServerProcess({ runtime, env });
    using client = new TestClient(server.address);
    const token = await provider.sign({ sub: "u-1", nick: "ada", chat_role: "admin" });
    const { user } = await client.unary(getUser, me, await signInWithToken(client, token));
    assert.deepEqual([user?.handle, user?.role], ["ada", v1.SystemRole.USER]);
    assert.ok((await client.unary(getServerInfo, {})).authMethods.includes("external_token"));
    rmSync(folder, { recursive: true });
  });

  test(`a provider that can't be reached is unavailable for now, on ${runtime}`, async () => {
    const provider = await startIdentityProvider();
    const env = { ...expected, CONFAB_JWKS_URL: provider.url };
    await using server = await startServerProcess({ runtime, env });
    using client = new TestClient(server.address);
    await provider[Symbol.asyncDispose]();
    const refusal = await refusalOf(signInWithToken(client, await provider.sign({ sub: "u-1" })));
    assert.deepEqual([refusal.code, refusal.reason], [status.UNAVAILABLE, "IDENTITY_PROVIDER_UNREACHABLE"]);
    assert.ok(Number(refusal.retryAfterMs) > 0);
    assert.ok(!server.log().includes('"error"'), "that is no fault of this server's");
  });
}

test("without a provider its tokens are refused, and the server says so beforehand", async () => {
  await using server = await startServerProcess({ runtime: "node" });
  using client = new TestClient(server.address);
  const refusal = await refusalOf(signInWithToken(client, "a.b.c"));
  assert.deepEqual([refusal.code, refusal.reason], [status.FAILED_PRECONDITION, "EXTERNAL_SIGN_IN_OFF"]);
  assert.ok(!(await client.unary(getServerInfo, {})).authMethods.includes("external_token"));
});

test("a server whose file of keys is missing or damaged does not start, and names the file", async () => {
  const dataDir = temporaryFolder();
  const damaged = join(dataDir, "damaged.json");
  for (const [file, content] of [
    [join(dataDir, "missing.json"), null],
    [damaged, "<html>"],
    [damaged, "{}"],
  ] as const) {
    if (content !== null) writeFileSync(file, content);
    const env = { ...expected, CONFAB_JWKS_FILE: file };
    const { code, stderr } = await runServerToExit({ runtime: "node", dataDir, env });
    assert.equal(code, 1);
    assert.ok(stderr.includes(`can't read the key set ${file}`), stderr);
  }
  rmSync(dataDir, { recursive: true });
});
