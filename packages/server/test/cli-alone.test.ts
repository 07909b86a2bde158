import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { TestClient } from "./support/client.ts";
import {
  keyIdOf,
  runCommand,
  runOnTerminal,
  startCommand,
  succeed,
  succeedWithJson,
} from "./support/command.ts";
import { hasScript, needs } from "./support/needs.ts";
import { runtimes } from "./support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "./support/server-process.ts";

const { createSession, getServerInfo } = v1.AuthService.method;
const { getUser } = v1.UserService.method;

const PASSWORD = "correct horse battery";
const OTHER_PASSWORD = "staple of another sort";
const ME = { key: { case: "userId", value: "me" } } as const;

for (const runtime of runtimes) {
  describe(`the operator's commands on a folder that no server on ${runtime} has open`, () => {
    let dataDir: string;
    before(async () => {
      dataDir = join(temporaryFolder(), "data");
      await succeed(confab(["user", "add", "ada", "--moderator"], `${PASSWORD}\r\nmore\n`));
    });
    after(() => rmSync(join(dataDir, ".."), { recursive: true }));

    const confab = (args: readonly string[], stdin = "") => runCommand(args, { runtime, dataDir, stdin });

    test("all of them work, and a server that starts later knows what they did", async () => {
      for (const name of ["bob", "sue"]) await succeed(confab(["user", "add", name], PASSWORD));
      await succeed(confab(["user", "suspend", "bob"]));
      await succeed(confab(["user", "reinstate", "bob"]));
      await succeed(confab(["user", "role", "bob", "admin"]));
      await succeed(confab(["user", "reset-password", "bob"], OTHER_PASSWORD));
      await succeed(confab(["user", "delete", "sue", "--yes"]));
      const key = (await succeed(confab(["key", "create", "backend"]))).trim();
      const rotated = await succeed(confab(["signing-key", "rotate"]));
      assert.equal(await succeed(confab(["session", "revoke", "bob"])), "0 sessions of bob ended\n");
      const table = await succeed(confab(["user", "list"]));
      assert.match(table, /^NAME .*\nada +moderator .*\nbackend +service .*\nbob +admin +active .*\n$/);
      const entries = await succeedWithJson(confab(["audit", "--json"]));
      const origins = new Set(entries.map(({ actorId, address }) => `${actorId} ${address}`));
      assert.deepEqual([...origins], ["operator local"]);
      assert.ok(!readdirSync(dataDir).some((name) => name.endsWith(".sock")));

      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const { accessToken } = await client.unary(createSession, {
        credential: { case: "password", value: { handle: "bob", password: OTHER_PASSWORD } },
      });
      assert.ok(rotated.includes(keyIdOf(accessToken)));
      await client.unary(getUser, ME, { token: key });
    });

    test("commands at once wait for each other", async () => {
      const names = ["one", "two"];
      await Promise.all(names.map((name) => succeed(confab(["key", "create", name]))));
      const keys = await succeedWithJson(confab(["key", "list", "--json"]));
      assert.ok(names.every((name) => keys.some((key) => key.name === name)));
    });

    test("what can't be done is said with its reason, and exits 1", async () => {
      const user = (...args: readonly string[]) => ["user", ...args];
      const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
        [user("role", "nobody", "admin"), "", /^confab: there is no user "nobody" \(USER_NOT_FOUND\)\n$/],
        [user("add", "ADA"), PASSWORD, /^confab: the name "ADA" is taken.* \(HANDLE_TAKEN\)\n$/],
        [user("add", "new"), "short", /^confab: .*8 characters \(PASSWORD_TOO_SHORT\)\n$/],
        [user("add", "new"), "password1", /\(PASSWORD_COMMON\)\n$/],
        [user("add", "new"), "", /^confab: there is no password on the first line of standard input\n$/],
        [user("add", "new"), "x".repeat(5_000), /^confab: the first line of standard input is too long\n$/],
        [user("add", "new", "--admin", "--moderator"), PASSWORD, /^confab: option .* cannot be used with/],
        [user("add", "new", PASSWORD), "", /^confab: too many arguments/],
        [user("add", "new", `--password=${PASSWORD}`), "", /^confab: unknown option '--password'\n/],
        [user("role", "ada", "service"), "", /Allowed choices are user, moderator, admin/],
        [user("suspend", "ada", "--until", "2030-02-30"), "", /Give a time such as 2030-12-31/],
        [user("suspend", "ada", "--until", "2001-01-01"), "", /\(FIELD_INVALID\)\n$/],
        [
          ["key", "delete", "none"],
          "",
          /^confab: there is no service key named "none" \(SERVICE_KEY_NOT_FOUND\)\n$/,
        ],
        [["session", "revoke", "ada", "\u001b[31m"], "", /id "\\u\{1b\}\[31m" \(SESSION_NOT_FOUND\)\n$/],
        [["audit", "--limit", "0"], "", /Give a number from 1 to 100000/],
      ];
      for (const [args, stdin, expected] of cases) {
        const { code, stdout, stderr } = await confab(args, stdin);
        assert.deepEqual([code, stdout], [1, ""], args.join(" "));
        assert.match(stderr, expected);
        assert.ok(!stderr.includes(PASSWORD));
      }
    });

    test("control characters of a name are shown, not sent to the terminal", async () => {
      const db = new DatabaseSync(join(dataDir, "confab.db"));
      db.prepare("update users set display_name = ? where handle_key = 'ada'").run(
        "a\u001b[31m\u202e\u009bb👩‍🚀",
      );
      db.close();
      assert.match(
        await succeed(confab(["user", "list"])),
        / {2}a\\u\{1b\}\[31m\\u\{202e\}\\u\{9b\}b👩‍🚀\n/u,
      );
      const json = await succeed(confab(["user", "list", "--json"]));
      assert.match(json, /"a\\u001b\[31m\\u202e\\u009bb👩‍🚀"/u);
      for (const raw of ["\u001b", "\u202e", "\u009b"]) assert.ok(!json.includes(raw));
    });

    test("a password is asked for twice without echo, and Ctrl-C leaves the terminal as it was", {
      skip: needs("`script` of util-linux", hasScript),
    }, async () => {
      const add = (name: string, keys: readonly string[]) =>
        runOnTerminal(["user", "add", name], keys, { runtime, dataDir });
      const typed = await add("tess", [`${PASSWORD}x\u007f\r`, `${PASSWORD}\r`]);
      assert.match(
        typed,
        /^New password for tess: \r\nThe same again: \r\ntess is added with the role user\r\n/,
      );
      assert.ok(!typed.includes("corr") && !typed.includes("battery"));
      assert.match(await add("tom", [`${PASSWORD}\r`, "another\r"]), /\nconfab: the two passwords differ/);
      const broken = await add("tim", ["corr\u0003"]);
      assert.match(broken, /^New password for tim: \r\nconfab: broken off: nothing was changed\r\n/);
      for (const screen of [typed, broken]) assert.match(screen, / icanon .* echo /s);
      assert.equal((await confab(["user", "list", "--query", "ti"])).stderr, "no such users\n");
    });

    test("a reader that goes away is no error worth a word", async () => {
      const child = startCommand(["audit"], { runtime, dataDir });
      child.stdout.destroy();
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        stderr += chunk;
      });
      await once(child, "close");
      assert.equal(stderr, "");
    });
  });

  describe(`the operator's commands on a wrong folder, on ${runtime}`, () => {
    test("one that isn't there is not made by asking about it", async () => {
      const dataDir = join(temporaryFolder(), "data");
      for (const args of [["user", "list"], ["audit"], ["key", "list"], ["signing-key", "rotate"]]) {
        const { code, stderr } = await runCommand(args, { runtime, dataDir });
        assert.deepEqual(
          [code, stderr],
          [1, `confab: there is no Confab data in ${dataDir}: name the server's folder with --data-dir\n`],
        );
      }
      assert.ok(!existsSync(dataDir));
      await succeed(
        runCommand(["key", "create", "first", "--data-dir", dataDir], { runtime, dataDir: "unused" }),
      );
      assert.ok(existsSync(dataDir));
      rmSync(join(dataDir, ".."), { recursive: true });
    });

    test("a damaged database and a wrong setting are named", async () => {
      const dataDir = temporaryFolder();
      writeFileSync(join(dataDir, "confab.db"), "not a database ".repeat(1_000));
      const damaged = await runCommand(["user", "list"], { runtime, dataDir });
      assert.equal(damaged.code, 1);
      assert.match(damaged.stderr, /^confab: can't use the database .*confab\.db: it is damaged .*\n$/);
      const wrong = await runCommand(["user", "list"], {
        runtime,
        dataDir,
        env: { CONFAB_DATA_DRI: "elsewhere" },
      });
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /^confab: these settings are wrong:\n.*CONFAB_DATA_DRI/);
      rmSync(dataDir, { recursive: true });
    });

    test("one in use by a process that does not answer is left alone, and the process named", async () => {
      await using server = await startServerProcess({ runtime });
      rmSync(join(server.dataDir, "operator.sock"));
      const { code, stderr } = await runCommand(["user", "add", "ada"], {
        runtime,
        dataDir: server.dataDir,
        stdin: PASSWORD,
      });
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(
          `^confab: the data folder .* in use by .*\\(pid ${server.process.pid}\\), which does not answer`,
        ),
      );
      using client = new TestClient(server.address);
      await client.unary(getServerInfo, {});
    });
  });
}
