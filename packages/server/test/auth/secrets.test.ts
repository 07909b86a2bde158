import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { refusalOf, TestClient } from "../support/client.ts";
import { findInFiles, readFiles } from "../support/files.ts";
import { readSigningKey } from "../support/forge.ts";
import {
  AUDIENCE,
  type IdentityProvider,
  ISSUER,
  startIdentityProvider,
} from "../support/identity-provider.ts";
import { operatorClient, signIn, signInWithToken } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const { createUser, changePassword, getUser, updateUserAccess } = v1.UserService.method;
const { createSession, refreshSession, deleteSession } = v1.AuthService.method;
const { createServiceKey, resetPassword, listAuditEntries } = v1.AdminService.method;
const { sendMessage } = simple.ChatService.method;

const me = { key: { case: "userId", value: "me" } } as const;

const passwords = {
  "the first password": "canary-first-password",
  "the changed password": "canary-changed-password",
  "the reset password": "canary-reset-password",
  "a wrong password": "canary-wrong-password",
  "a weak password": "hiddenhidden",
};
const MESSAGE = "canary-message-text";
const PROFILE = "canary-profile-text";

for (const runtime of runtimes) {
  describe(`what a server that logs everything keeps to itself, on ${runtime}`, () => {
    const dataDir = temporaryFolder();
    const secrets: Record<string, string> = { ...passwords };
    const said: string[] = [];
    let provider: IdentityProvider;
    let server: ServerProcess;
    let client: TestClient;

    async function refused(call: Promise<unknown>): Promise<void> {
      const { message, field } = await refusalOf(call);
      said.push(`${message} ${field}`);
    }

    before(async () => {
      provider = await startIdentityProvider();
      const env = {
        CONFAB_LOG_LEVEL: "trace",
        CONFAB_JWKS_URL: provider.url,
        CONFAB_JWT_ISSUER: ISSUER,
        CONFAB_JWT_AUDIENCE: AUDIENCE,
      };
      server = await startServerProcess({ runtime, dataDir, env });
      client = new TestClient(server.address);
      await useEverySecret();
    });
    after(async () => {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true });
    });

    /** Every secret that there is, where it belongs and where it does not. */
    async function useEverySecret(): Promise<void> {
      using operator = operatorClient(server);
      const first = passwords["the first password"];
      const changed = passwords["the changed password"];
      const wrong = passwords["a wrong password"];
      await client.unary(createUser, { user: { handle: "ada", about: PROFILE }, password: first });
      const weak = { user: { handle: "weak" }, password: passwords["a weak password"] };
      await refused(client.unary(createUser, weak));
      const person = await signIn(client, "ada", first);
      await refused(signIn(client, "ada", wrong));
      await refused(signIn(client, wrong, wrong));
      await refused(client.unary(changePassword, { currentPassword: wrong, newPassword: changed }, person));
      await client.unary(changePassword, { currentPassword: first, newPassword: changed }, person);
      await operator.unary(resetPassword, {
        userId: person.id,
        newPassword: passwords["the reset password"],
      });
      const again = await signIn(client, "ada", passwords["the reset password"]);
      const pair = await client.unary(refreshSession, { refreshToken: again.refreshToken });
      const { token } = await client.unary(simple.UserService.method.login, {
        name: "ada",
        password: passwords["the reset password"],
      });
      const { key } = await operator.unary(createServiceKey, { name: "canary" });
      const external = await provider.sign({ sub: "external" });
      await signInWithToken(client, external);
      Object.assign(secrets, {
        "an access token": again.token,
        "an access token of a refresh": pair.accessToken,
        "the simple contract's token": token,
        "a refresh token": again.refreshToken,
        "its successor": pair.refreshToken,
        "a service key": key,
        "the identity provider's token": external,
      });

      await client.unary(sendMessage, { text: MESSAGE }, { token });
      await refused(client.unary(sendMessage, { text: MESSAGE.repeat(2_000) }, { token }));
      await client.unary(getUser, me, { token: key });
      for (const secret of Object.values(secrets)) {
        await refused(client.unary(getUser, me, { token: `${secret}x` }));
        await refused(client.unary(getUser, me, { metadata: { authorization: secret } }));
        await refused(client.unary(getUser, me, { token, metadata: { "x-confab-act-as": secret } }));
        await refused(client.unary(refreshSession, { refreshToken: `${secret}x` }));
        await refused(signInWithToken(client, `${secret}x`));
        await refused(signIn(client, secret, `${secret}x`));
        await refused(client.unary(createUser, { user: { handle: `${secret} x` }, password: secret }));
        await refused(client.unary(getUser, { key: { case: "handle", value: secret } }, { token }));
        await refused(client.unary(updateUserAccess, { userId: secret, reason: secret }, { token }));
      }
      await refused(client.unary(createSession, {}));
      await refused(client.unary(refreshSession, { refreshToken: `${again.refreshToken.slice(0, -2)}AA` }));
      await client.unary(deleteSession, {}, { token });
    }

    test("the log holds no secret, no message and no profile", () => {
      const log = server.log();
      assert.match(log, /"level":"debug"/, "it does log");
      for (const [what, secret] of Object.entries({ ...secrets, MESSAGE, PROFILE })) {
        assert.ok(!log.includes(secret), `${what} is in the log`);
      }
    });

    test("no error tells a secret, not even to whoever sent it", () => {
      assert.ok(said.length > 50);
      for (const [what, secret] of Object.entries({ ...secrets, MESSAGE })) {
        assert.ok(!said.some((text) => text.includes(secret)), `${what} is in an error`);
      }
    });

    test("the audit trail holds no secret", async () => {
      using operator = operatorClient(server);
      const { entries } = await operator.unary(listAuditEntries, { pageSize: 100 });
      assert.ok(entries.length > 20);
      const text = JSON.stringify(entries, (_, value) => (typeof value === "bigint" ? String(value) : value));
      for (const [what, secret] of Object.entries(secrets)) {
        assert.ok(!text.includes(secret), `${what} is in the audit trail`);
      }
    });

    test("no file of the data folder holds one, while it runs and after it has stopped", async () => {
      assert.deepEqual(findInFiles(dataDir, secrets), []);
      assert.notDeepEqual(findInFiles(dataDir, { MESSAGE }), [], "what is searched is what is written");
      const { jwk } = readSigningKey(dataDir);
      const stolen = [...readFiles(dataDir)].filter(([path]) => path.includes("confab.db"));
      assert.ok(stolen.length > 0 && jwk.d);
      for (const [path, bytes] of stolen) assert.ok(!bytes.includes(jwk.d), `${path} has the signing key`);

      await server.stop("SIGTERM");
      assert.deepEqual(findInFiles(dataDir, secrets), []);
      const database = readFiles(dataDir).get(join(dataDir, "confab.db"));
      assert.ok(database?.includes("$argon2id$v=19$m=19456,t=2,p=1$"));
      const keyHash = createHash("sha256")
        .update(secrets["a service key"] ?? "")
        .digest("hex");
      assert.ok(database?.includes(keyHash), "what is stored in its place is its hash");
    });

    test("the data folder's files are their owner's alone", () => {
      for (const path of [...readFiles(dataDir).keys(), join(dataDir, "keys")]) {
        assert.equal(statSync(path).mode & 0o077, 0, path);
      }
    });
  });
}
