import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { readRefusal, refusalOf, streamError } from "./support/client.ts";
import { keyIdOf, runCommand, succeed, succeedWithJson } from "./support/command.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { forSuite } from "./support/suite.ts";

const { createSession } = v1.AuthService.method;
const { getUser, updateUser } = v1.UserService.method;
const { createServiceKey } = v1.AdminService.method;
const { receiveMessage } = simple.ChatService.method;

const PASSWORD = "correct horse battery";
const OTHER_PASSWORD = "staple of another sort";
const ME = { key: { case: "userId", value: "me" } } as const;
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;

for (const runtime of runtimes) {
  describe(`the operator's commands beside a server on ${runtime}`, async () => {
    const { server, client } = await forSuite(
      startServerProcess({ runtime, env: { CONFAB_REGISTRATION: "closed" } }),
    );

    const confab = (args: readonly string[], stdin = "") =>
      runCommand(args, { runtime, dataDir: server.dataDir, stdin });
    const signIn = (handle: string, password = PASSWORD) =>
      client.unary(createSession, {
        deviceName: "a phone",
        credential: { case: "password", value: { handle, password } },
      });
    const signedIn = async (handle: string) => {
      await succeed(confab(["user", "add", handle], PASSWORD));
      return (await signIn(handle)).accessToken;
    };
    const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

    test("an administrator is made with the password of standard input, and can do what one can", async () => {
      const said = await succeed(
        confab(["user", "add", "Ada", "--admin", "--display-name", "Ada L."], `${PASSWORD}\n`),
      );
      assert.equal(said, "Ada is added with the role admin\n");
      const { accessToken: token } = await signIn("ada");
      const { user } = await client.unary(getUser, ME, { token });
      assert.deepEqual([user?.displayName, user?.role], ["Ada L.", v1.SystemRole.ADMIN]);

      const table = await succeed(confab(["user", "list", "--query", "ad"]));
      assert.match(
        table,
        new RegExp(`^NAME +ROLE .*\nAda +admin +active +${TIME}  ${user?.id}  Ada L\\.\n$`),
      );
      const [json] = await succeedWithJson(confab(["user", "list", "--json"]));
      assert.deepEqual([json?.handle, json?.role], ["Ada", "SYSTEM_ROLE_ADMIN"]);
    });

    test("a suspended user is refused and their stream ends; a reinstated one comes back", async () => {
      const token = await signedIn("sam");
      const stream = client.serverStream(receiveMessage, {}, { token });
      const ended = streamError(stream);
      await once(stream, "metadata");
      const said = await succeed(
        confab(["user", "suspend", "sam", "--until", "2099-12-31", "--reason", "spam"]),
      );
      assert.equal(said, "sam is suspended until 2099-12-31T00:00:00.000Z\n");
      assert.deepEqual(
        [(await ended).code, readRefusal(await ended).reason],
        [status.PERMISSION_DENIED, "SUSPENDED"],
      );
      assert.equal((await refusalOf(client.unary(getUser, ME, { token }))).code, status.UNAUTHENTICATED);
      assert.equal(await reasonOf(signIn("sam")), "SUSPENDED");
      assert.match(await succeed(confab(["user", "list", "--query", "sam"])), /\nsam +user +suspended /);

      await succeed(confab(["user", "reinstate", "sam"]));
      await signIn("sam");
    });

    test("another password ends the sessions and replaces the old one", async () => {
      const token = await signedIn("rey");
      await succeed(confab(["user", "reset-password", "rey"], OTHER_PASSWORD));
      assert.equal(await reasonOf(client.unary(getUser, ME, { token })), "SESSION_REVOKED");
      assert.equal(await reasonOf(signIn("rey")), "CREDENTIALS_WRONG");
      await signIn("rey", OTHER_PASSWORD);
    });

    test("sessions are listed, and end one by one or all together", async () => {
      const tokens = [
        await signedIn("mia"),
        (await signIn("mia")).accessToken,
        (await signIn("mia")).accessToken,
      ];
      const table = await succeed(confab(["session", "list", "mia"]));
      assert.match(table, new RegExp(`^ID .*\n(\\S{36}(  ${TIME}){3}  a phone\n){3}$`));
      const [first] = await succeedWithJson(confab(["session", "list", "mia", "--json"]));
      const one = await succeed(confab(["session", "revoke", "mia", String(first?.id)]));
      assert.equal(one, "1 session of mia ended\n");
      assert.equal(await succeed(confab(["session", "revoke", "mia"])), "2 sessions of mia ended\n");
      for (const token of tokens) {
        assert.equal(await reasonOf(client.unary(getUser, ME, { token })), "SESSION_REVOKED");
      }
      assert.match((await confab(["session", "list", "mia"])).stderr, /^mia has no sessions\n$/);
    });

    test("a key stands alone on standard output, and works until it is deleted", async () => {
      const { stdout, stderr } = await confab(["key", "create", "backend"]);
      assert.match(stdout, /^\S{40,}\n$/);
      assert.match(stderr, /shown once/);
      const token = stdout.trim();
      const { user } = await client.unary(getUser, ME, { token });
      assert.deepEqual([user?.handle, user?.role], ["backend", v1.SystemRole.SERVICE]);

      const table = await succeed(confab(["key", "list"]));
      assert.match(table, new RegExp(`^NAME .*\nbackend  ${TIME}  ${user?.id}\n$`));
      assert.equal((await succeedWithJson(confab(["key", "list", "--json"])))[0]?.name, "backend");
      await succeed(confab(["key", "delete", "backend"]));
      assert.equal(await reasonOf(client.unary(getUser, ME, { token })), "TOKEN_INVALID");
    });

    test("a new signing key signs from now on, and tokens that are out stay valid", async () => {
      const old = await signedIn("kim");
      const said = await succeed(confab(["signing-key", "rotate"]));
      const { accessToken: token } = await signIn("kim");
      assert.notEqual(keyIdOf(old), keyIdOf(token));
      assert.equal(said, `new tokens are signed with the key ${keyIdOf(token)}\n`);
      await client.unary(getUser, ME, { token: old });
      await client.unary(getUser, ME, { token });
    });

    test("deleting says first what goes", async () => {
      const token = await signedIn("del");
      const unasked = await confab(["user", "delete", "del"]);
      assert.match(unasked.stderr, /^confab: .* give --yes\n$/);
      await client.unary(getUser, ME, { token });
      const { code, stdout, stderr } = await confab(["user", "delete", "del", "--erase-messages", "--yes"]);
      assert.deepEqual([code, stdout], [0, "del is erased\n"]);
      assert.match(stderr, /\n {2}sessions +1\n.*\n {2}messages +0\n/s);
      assert.equal(await reasonOf(client.unary(getUser, ME, { token })), "SESSION_REVOKED");
    });

    test("lists are read to their end, page by page, and the audit trail to its limit", async () => {
      await succeed(confab(["user", "add", "pager", "--admin"], PASSWORD));
      const { accessToken: token } = await signIn("pager");
      for (let n = 0; n < 120; n++) {
        await client.unary(createServiceKey, { name: `many-${n}` }, { token });
        await client.unary(
          updateUser,
          { user: { id: "me", about: `${n}` }, updateMask: { paths: ["about"] } },
          { token },
        );
      }
      const users = await succeedWithJson(confab(["user", "list", "--query", "many-", "--json"]));
      assert.equal(new Set(users.map(({ handle }) => handle)).size, 120);
      const entries = await succeedWithJson(confab(["audit", "--json", "--limit", "230"]));
      const seqs = entries.map(({ seq }) => Number(seq));
      assert.equal(seqs.length, 230);
      assert.deepEqual(
        seqs,
        [...seqs].sort((a, b) => a - b),
      );
      assert.equal(entries.at(-1)?.action, "user-updated");
    });

    test("the audit trail tells who did what to whom, from where and when", async () => {
      const token = await signedIn("eve");
      await succeed(confab(["user", "role", "eve", "moderator"]));
      const lines = (await succeed(confab(["audit", "--user", "eve"]))).split("\n");
      const expected = [
        /^TIME +ACTION +BY +FROM +ON +DETAIL$/,
        new RegExp(`^${TIME}  user-created +\\(operator\\)  local +eve$`),
        new RegExp(`^${TIME}  sign-in +eve +127\\.0\\.0\\.1 `),
        new RegExp(`^${TIME}  access-changed +\\(operator\\)  local +eve +moderator$`),
      ];
      for (const [index, line] of expected.entries()) assert.match(lines[index] ?? "", line);
      assert.equal(lines.length, expected.length + 1);

      const { stdout, stderr } = await confab(["audit", "--limit", "1000"]);
      const actions = ["user-created", "user-erased", "password-reset", "access-changed", "sign-in-failed"];
      for (const action of [...actions, "sign-out", "service-key-deleted", "signing-key-rotated"]) {
        assert.match(stdout, new RegExp(`  ${action} `));
      }
      for (const secret of [PASSWORD, OTHER_PASSWORD, token]) {
        assert.ok(!(stdout + stderr + server.log()).includes(secret));
      }
    });
  });
}
