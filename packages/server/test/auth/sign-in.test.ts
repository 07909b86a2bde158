import assert from "node:assert/strict";
import { argon2Sync, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { simple, v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { type Refusal, refusalOf, TestClient } from "../support/client.ts";
import { auditOf, giveRole, operatorClient, PASSWORD, register, signIn } from "../support/people.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { createSession } = v1.AuthService.method;
const { createUser, changePassword, updateUserAccess, listUsers } = v1.UserService.method;
const { resetPassword } = v1.AdminService.method;

for (const runtime of runtimes) {
  describe(`signing in with a password on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));

    test("a wrong password is refused alike, of a suspended account and an unknown handle too", async () => {
      await register(client, "hedy");
      const suspended = await register(client, "suspended");
      using operator = operatorClient(server);
      await operator.unary(updateUserAccess, { userId: suspended.id, state: v1.UserState.SUSPENDED });
      const wrong = await refusalOf(signIn(client, "hedy", "not this one"));
      assert.deepEqual([wrong.code, wrong.reason], [status.UNAUTHENTICATED, "CREDENTIALS_WRONG"]);
      for (const [handle, password] of [
        ["nobody", "not this one"],
        ["suspended", "not this one"],
        ["", ""],
        ["hedy", ""],
        ["hedy", "x".repeat(5_000)],
        ["x".repeat(5_000), PASSWORD],
      ] as const) {
        assert.deepEqual(
          ofAnyRequest(await refusalOf(signIn(client, handle, password))),
          ofAnyRequest(wrong),
        );
      }
    });

    test("a suspended account is told so, and until when, for the right password and no other", async () => {
      const person = await register(client, "barred");
      using operator = operatorClient(server);
      const suspend = async (untilMs: number | null) => {
        const untilTime = untilMs === null ? {} : { untilTime: timestampFromMs(untilMs) };
        const change = { userId: person.id, state: v1.UserState.SUSPENDED, ...untilTime };
        await operator.unary(updateUserAccess, change);
      };
      const waysIn = [
        (password: string) => signIn(client, "barred", password),
        (password: string) => client.unary(simple.UserService.method.login, { name: "barred", password }),
      ];
      for (const enter of waysIn) {
        const untilMs = Date.now() + 3_600_000;
        await suspend(untilMs);
        const told = await refusalOf(enter(PASSWORD));
        assert.deepEqual([told.code, told.reason], [status.PERMISSION_DENIED, "SUSPENDED"]);
        assert.equal(told.message, `this account is suspended until ${new Date(untilMs).toISOString()}`);
        assert.ok(Number(told.retryAfterMs) > 3_500_000 && Number(told.retryAfterMs) <= 3_600_000);
        assert.equal((await refusalOf(enter("not this one"))).reason, "CREDENTIALS_WRONG");

        await suspend(null);
        const forGood = await refusalOf(enter(PASSWORD));
        assert.deepEqual(
          [forGood.reason, forGood.message, forGood.retryAfterMs],
          ["SUSPENDED", "this account is suspended until further notice", undefined],
        );
      }
      const [entry] = await auditOf(server, person.id);
      assert.equal(entry?.action, "sign-in-failed");
      await operator.unary(updateUserAccess, { userId: person.id, state: v1.UserState.ACTIVE });
      assert.equal((await signIn(client, "barred")).id, person.id);
    });

    test("the handle may be written in any case and width", async () => {
      const { id } = await register(client, "Grace.Hopper");
      for (const handle of ["grace.hopper", "GRACE.HOPPER", "ｇｒａｃｅ.ｈｏｐｐｅｒ"]) {
        assert.equal((await signIn(client, handle)).id, id);
      }
    });

    test("the whole password counts, however long it is and whatever is in it", async () => {
      const cases = [
        ["long", `${"é".repeat(36)}A`, [`${"é".repeat(36)}B`, "é".repeat(36), `${"é".repeat(36)}A\0`]],
        ["nul", "pass\0word one", ["pass", "pass\0word two", "password one"]],
        ["longest", `${"é".repeat(506)} and no more`, [`${"é".repeat(506)} and no mor`, "é".repeat(506)]],
        ["spaces", " two  spaces ", ["two  spaces", " two spaces ", " two  spaces"]],
        ["composed", "caf\u00e9 au lait", ["caf\u00e8 au lait", "cafe au lait"]],
      ] as const;
      for (const [handle, password, others] of cases) {
        await client.unary(createUser, { user: { handle }, password });
        await signIn(client, handle, password);
        for (const other of others) {
          const refusal = await refusalOf(signIn(client, handle, other));
          assert.equal(refusal.reason, "CREDENTIALS_WRONG", JSON.stringify(other));
        }
      }
    });

    test("a common password, or the handle as password, is refused wherever a password is chosen", async () => {
      const person = await register(client, "katherine.j");
      using operator = operatorClient(server);
      const change = (passwords: { currentPassword: string; newPassword: string }) =>
        client.unary(changePassword, passwords, person);
      for (const password of [
        "password1",
        "PassWord1",
        "iloveyou1",
        "p@ssw0rd",
        "1drowssap",
        "katherine.j",
        "KATHERINE.J",
        "12345678",
        "abcabcabc",
      ]) {
        const choices = [
          [() => client.unary(createUser, { user: { handle: "katherine.j" }, password }), "password"],
          [() => change({ currentPassword: PASSWORD, newPassword: password }), "new_password"],
          [() => operator.unary(resetPassword, { userId: person.id, newPassword: password }), "new_password"],
        ] as const;
        for (const [choose, field] of choices) {
          const { code, reason, field: named } = await refusalOf(choose());
          assert.deepEqual(
            [code, reason, named],
            [status.INVALID_ARGUMENT, "PASSWORD_COMMON", field],
            password,
          );
        }
      }
    });

    test("a password of fewer than 8 characters or more than 1,024 bytes is refused", async () => {
      for (const [password, reason] of [
        ["é".repeat(7), "PASSWORD_TOO_SHORT"],
        ["👋🏽👋🏽👋", "PASSWORD_TOO_SHORT"],
        [`${"é".repeat(512)}x`, "PASSWORD_TOO_LONG"],
      ] as const) {
        const refusal = await refusalOf(client.unary(createUser, { user: { handle: "bounds" }, password }));
        assert.deepEqual([refusal.reason, refusal.field], [reason, "password"]);
      }
      await client.unary(createUser, { user: { handle: "bounds" }, password: "👋🏽 waves" });
    });

    test("a password that was changed or reset no longer signs in, and the new one does", async () => {
      const person = await register(client, "changer");
      const wrong = client.unary(
        changePassword,
        { currentPassword: "not this one", newPassword: "another fine one" },
        person,
      );
      assert.equal((await refusalOf(wrong)).reason, "CREDENTIALS_WRONG");
      await client.unary(
        changePassword,
        { currentPassword: PASSWORD, newPassword: "another fine one" },
        person,
      );
      assert.equal((await refusalOf(signIn(client, "changer"))).reason, "CREDENTIALS_WRONG");
      await signIn(client, "changer", "another fine one");
      using operator = operatorClient(server);
      await operator.unary(resetPassword, { userId: person.id, newPassword: "reset by an admin" });
      assert.equal(
        (await refusalOf(signIn(client, "changer", "another fine one"))).reason,
        "CREDENTIALS_WRONG",
      );
      await signIn(client, "changer", "reset by an admin");
    });

    test("signing in needs a credential", async () => {
      const refusal = await refusalOf(client.unary(createSession, {}));
      assert.deepEqual([refusal.reason, refusal.field], ["FIELD_REQUIRED", "credential"]);
    });

    test("signing in, and failing to, is in the audit trail", async () => {
      const { id, sessionId } = await register(client, "audited");
      await refusalOf(signIn(client, "audited", "not this one"));
      const [failed, succeeded, created] = await auditOf(server, id);
      assert.deepEqual([failed?.action, failed?.actorId, failed?.targetId], ["sign-in-failed", "", id]);
      assert.deepEqual(
        [succeeded?.action, succeeded?.actorId, succeeded?.targetId],
        ["sign-in", id, sessionId],
      );
      assert.equal(created?.action, "user-created");
      assert.equal(failed?.address, "127.0.0.1");
    });
  });

  test(`a hash of lower cost still verifies, and is renewed by signing in, on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    await withServer(dataDir, async (client) => {
      await client.unary(createUser, { user: { handle: "weak" }, password: PASSWORD });
    });
    setHash(dataDir, weakHash());
    await withServer(dataDir, async (client) => {
      assert.equal((await refusalOf(signIn(client, "weak", "not this one"))).reason, "CREDENTIALS_WRONG");
      await signIn(client, "weak");
      await signIn(client, "weak");
    });
    assert.match(hashOf(dataDir), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    rmSync(dataDir, { recursive: true });

    async function withServer(dataDir: string, use: (client: TestClient) => Promise<void>): Promise<void> {
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      await use(client);
      await server.stop("SIGTERM");
    }
  });
}

test("a new server has no accounts: nobody signs in with a default password", async () => {
  await using server = await startServerProcess({ runtime: "node" });
  using client = new TestClient(server.address);
  using operator = operatorClient(server);
  assert.deepEqual((await operator.unary(listUsers, {})).users, []);
  for (const [handle, password] of [
    ["admin", "admin"],
    ["admin", ""],
    ["root", "root"],
    ["operator", "operator"],
    ["confab", "confab"],
  ] as const) {
    assert.equal((await refusalOf(signIn(client, handle, password))).reason, "CREDENTIALS_WRONG");
  }
  const first = await register(client, "chief");
  const refusal = await refusalOf(client.unary(v1.AdminService.method.listAuditEntries, {}, first));
  assert.equal(refusal.reason, "NOT_PERMITTED", "being the first gives no rights");
  await giveRole(server, first, v1.SystemRole.ADMIN);
  await client.unary(v1.AdminService.method.listAuditEntries, {}, first);
});

/** A hash of `PASSWORD` that was made at 8 MiB and one pass. */
function weakHash(): string {
  const nonce = randomBytes(16);
  const cost = { memory: 8_192, passes: 1, parallelism: 1, tagLength: 32 };
  const derived = argon2Sync("argon2id", { message: PASSWORD, nonce, ...cost });
  const [salt, hash] = [nonce, derived].map((bytes) => bytes.toString("base64").replaceAll("=", ""));
  return `$argon2id$v=19$m=8192,t=1,p=1$${salt}$${hash}`;
}

function ofAnyRequest(refusal: Refusal): Refusal {
  return { ...refusal, requestId: "" };
}

function setHash(dataDir: string, hash: string): void {
  using database = open(dataDir);
  database.prepare("update credentials set password_hash = ?").run(hash);
}

function hashOf(dataDir: string): string {
  using database = open(dataDir);
  return String(database.prepare("select password_hash from credentials").get()?.password_hash);
}

function open(dataDir: string): DatabaseSync {
  return new DatabaseSync(join(dataDir, "confab.db"));
}
