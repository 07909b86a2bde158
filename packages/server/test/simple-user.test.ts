import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { Collector, refusalOf, TestClient } from "./support/client.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { forSuite } from "./support/suite.ts";

const { createUser, login, getUser, getUsers, updateUser, deleteUser } = simple.UserService.method;
const { sendMessage, receiveMessage } = simple.ChatService.method;

const PASSWORD = "correct horse battery";

for (const runtime of runtimes) {
  describe(`the simple UserService on ${runtime}`, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));

    async function register(name: string): Promise<{ user: simple.User; token: string }> {
      const user = await client.unary(createUser, { name, password: PASSWORD, displayName: `${name}!` });
      const { token } = await client.unary(login, { name, password: PASSWORD });
      return { user, token };
    }

    test("a registered user signs in and is found by id and by name", async () => {
      const { user, token } = await register("Ada.L");
      assert.equal(user.name, "Ada.L");
      assert.equal(user.displayName, "Ada.L!");
      assert.match(user.createdTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(await client.unary(getUser, { id: user.id }, { token }), user);
      assert.deepEqual(await client.unary(getUser, { name: "aDA.l" }, { token }), user);
    });

    test("names that differ only in case or width are one name", async () => {
      await register("grace");
      for (const name of ["grace", "GRACE", "ｇｒａｃｅ"]) {
        const refusal = await refusalOf(client.unary(createUser, { name, password: PASSWORD }));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.ALREADY_EXISTS, "HANDLE_TAKEN", "name"],
        );
      }
    });

    test("one of many registrations of the same name at once succeeds", async () => {
      const attempts = Array.from({ length: 8 }, () =>
        client.unary(createUser, { name: "racer", password: PASSWORD }),
      );
      const results = await Promise.allSettled(attempts);
      assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
    });

    test("a name, a password or a profile that breaks the rules is refused with its field", async () => {
      const cases = [
        [{ name: "x" }, "HANDLE_INVALID", "name"],
        [{ name: "a".repeat(33) }, "HANDLE_INVALID", "name"],
        [{ name: "with space" }, "HANDLE_INVALID", "name"],
        [{ name: "аda" }, "HANDLE_INVALID", "name"],
        [{ name: "valid", password: "short" }, "PASSWORD_TOO_SHORT", "password"],
        [{ name: "valid", password: "x".repeat(1025) }, "PASSWORD_TOO_LONG", "password"],
        [{ name: "valid", displayName: "x".repeat(65) }, "PROFILE_FIELD_TOO_LONG", "display_name"],
        [{ name: "valid", displayName: "a\u001b]0;x" }, "PROFILE_FIELD_INVALID", "display_name"],
      ] as const;
      for (const [change, reason, field] of cases) {
        const refusal = await refusalOf(client.unary(createUser, { password: PASSWORD, ...change }));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, reason, field],
        );
      }
      const { token } = await register("valid");
      assert.ok(token);
    });

    test("a wrong password and an unknown name are refused alike", async () => {
      await register("hedy");
      const wrong = await refusalOf(client.unary(login, { name: "hedy", password: "not this one" }));
      const unknown = await refusalOf(client.unary(login, { name: "nobody", password: "not this one" }));
      assert.equal(wrong.code, status.UNAUTHENTICATED);
      assert.deepEqual({ ...wrong, requestId: "" }, { ...unknown, requestId: "" });
    });

    test("the whole password counts", async () => {
      const long = "é".repeat(36);
      await client.unary(createUser, { name: "long", password: `${long}A` });
      await client.unary(login, { name: "long", password: `${long}A` });
      for (const password of [`${long}B`, long, `${long}A\0`]) {
        assert.equal(
          (await refusalOf(client.unary(login, { name: "long", password }))).reason,
          "CREDENTIALS_WRONG",
        );
      }
    });

    test("all but registering and signing in need a token", async () => {
      const calls = [
        client.unary(getUser, { name: "ada" }),
        client.unary(updateUser, {}),
        client.unary(deleteUser, { name: "ada" }),
      ];
      for (const call of calls) {
        const refusal = await refusalOf(call);
        assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, "SIGN_IN_REQUIRED"]);
      }
      const stream = client.serverStream(getUsers, {});
      const error = await new Promise<{ code: number }>((resolve) => stream.once("error", resolve));
      assert.equal(error.code, status.UNAUTHENTICATED);
    });

    test("a token that is not one is refused everywhere that a token counts", async () => {
      for (const authorization of ["Bearer nonsense", "Bearer", "Basic abc", `Bearer ${"x".repeat(5_000)}`]) {
        const metadata = { authorization };
        const refusal = await refusalOf(client.unary(getUser, { name: "ada" }, { metadata }));
        assert.deepEqual(
          [refusal.code, refusal.reason],
          [status.UNAUTHENTICATED, "TOKEN_INVALID"],
          authorization,
        );
        const send = client.unary(sendMessage, { userName: "guest", text: "hello" }, { metadata });
        assert.equal((await refusalOf(send)).code, status.UNAUTHENTICATED);
      }
    });

    test("the scheme of the token may be written in any case", async () => {
      const { user, token } = await register("cases");
      const metadata = { authorization: `bEARER ${token}` };
      assert.equal((await client.unary(getUser, { id: user.id }, { metadata })).id, user.id);
    });

    test("a user updates their own profile and nobody else's", async () => {
      const own = await register("owner");
      const other = await register("other");
      const about = "line one\nline two ✓";
      const updated = await client.unary(updateUser, { displayName: "The Owner", about }, own);
      assert.deepEqual([updated.id, updated.displayName, updated.about], [own.user.id, "The Owner", about]);
      const renamed = await client.unary(
        updateUser,
        { id: own.user.id, name: "Owner2", displayName: "The Owner" },
        own,
      );
      assert.equal(renamed.name, "Owner2");

      const refusal = await refusalOf(
        client.unary(updateUser, { id: own.user.id, displayName: "Ha" }, other),
      );
      assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "NOT_PERMITTED"]);
      assert.equal((await client.unary(getUser, { id: own.user.id }, own)).displayName, "The Owner");
      const taken = await refusalOf(client.unary(updateUser, { name: "OTHER" }, own));
      assert.equal(taken.reason, "HANDLE_TAKEN");
    });

    test("GetUsers gives every account once, in the order of their names, and no guests", async () => {
      const { token } = await register("zoe");
      await client.unary(sendMessage, { userName: "A Guest", text: "hello" });
      const stream = client.serverStream(getUsers, {}, { token });
      const users = new Collector(stream);
      await new Promise((resolve) => stream.once("end", resolve));
      const names = users.messages.map((user) => user.name.toLowerCase());
      assert.deepEqual(names, [...new Set(names)].sort());
      assert.ok(names.includes("zoe") && !names.includes("a guest"));
    });

    test("with a token the account is the sender, whatever user_name says", async () => {
      const { token } = await register("Margaret");
      const message = await client.unary(
        sendMessage,
        { userName: "somebody else", text: "hello" },
        { token },
      );
      assert.equal(message.userName, "Margaret");
    });

    test("a guest can't speak under an account's name, in any case, width or with invisible marks", async () => {
      await register("katherine");
      for (const userName of ["katherine", "Katherine", "ｋatherine", "kath\u00aderine", " katherine "]) {
        const refusal = await refusalOf(client.unary(sendMessage, { userName, text: "hello" }));
        assert.ok(
          refusal.reason === "NAME_HELD"
            ? refusal.code === status.PERMISSION_DENIED
            : refusal.reason === "NAME_INVALID",
          `${JSON.stringify(userName)}: ${refusal.reason}`,
        );
      }
    });

    test("a deleted account is gone at once, and its messages stay without its name", async () => {
      const { user, token } = await register("ephemeral");
      await client.unary(sendMessage, { text: "I was here" }, { token });
      const other = await register("bystander");
      const refusal = await refusalOf(client.unary(deleteUser, { name: "ephemeral" }, other));
      assert.equal(refusal.reason, "NOT_PERMITTED");

      await client.unary(deleteUser, { id: user.id }, { token });
      assert.equal((await refusalOf(client.unary(getUser, {}, { token }))).code, status.UNAUTHENTICATED);
      assert.equal((await refusalOf(client.unary(getUser, { id: user.id }, other))).reason, "USER_NOT_FOUND");
      assert.equal(
        (await refusalOf(client.unary(login, { name: "ephemeral", password: PASSWORD }))).reason,
        "CREDENTIALS_WRONG",
      );
      const stream = client.serverStream(receiveMessage, {});
      const heard = new Collector(stream);
      const inItsPlace = client.unary(sendMessage, { userName: "ephemeral", text: "I still am" });
      assert.equal((await refusalOf(inItsPlace)).reason, "NAME_HELD", "it is kept from others for a while");
      const last = await client.unary(sendMessage, { userName: "a guest", text: "it is gone" });
      await heard.until((message) => message.text === last.text);
      const left = heard.messages.find((message) => message.text === "I was here");
      assert.equal(left?.userName, "deleted user");
      stream.cancel();
    });

    test("neither passwords nor tokens are in the data folder or the log", async () => {
      const { token } = await register("canary");
      for (const file of readdirSync(server.dataDir, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        const bytes = readFileSync(join(file.parentPath, file.name));
        for (const secret of [PASSWORD, token])
          assert.ok(!bytes.includes(secret), `${file.name} holds a secret`);
      }
      assert.ok(!server.log().includes(PASSWORD) && !server.log().includes(token));
    });
  });
}

test("where guests are not allowed, the simple contract asks for a token", async () => {
  await using server = await startServerProcess({ runtime: "node", env: { CONFAB_GUESTS: "false" } });
  using client = new TestClient(server.address);
  const refusal = await refusalOf(client.unary(sendMessage, { userName: "ada", text: "hello" }));
  assert.deepEqual([refusal.code, refusal.reason], [status.UNAUTHENTICATED, "SIGN_IN_REQUIRED"]);
  await client.unary(createUser, { name: "ada", password: PASSWORD });
  const { token } = await client.unary(login, { name: "ada", password: PASSWORD });
  assert.equal((await client.unary(sendMessage, { text: "hello" }, { token })).userName, "ada");
});

test("where registration is closed, nobody registers", async () => {
  await using server = await startServerProcess({ runtime: "node", env: { CONFAB_REGISTRATION: "closed" } });
  using client = new TestClient(server.address);
  const refusal = await refusalOf(client.unary(createUser, { name: "ada", password: PASSWORD }));
  assert.deepEqual([refusal.code, refusal.reason], [status.PERMISSION_DENIED, "REGISTRATION_CLOSED"]);
});
