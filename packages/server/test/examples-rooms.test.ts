import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { TestClient } from "./support/client.ts";
import { ConsoleProcess } from "./support/console-process.ts";
import { needs, python, stubTool } from "./support/needs.ts";
import { PASSWORD, register } from "./support/people.ts";
import { createWorkplace, type Workplace } from "./support/python.ts";
import { openRoom } from "./support/room-acts.ts";
import { root, runtimes } from "./support/runtimes.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";

const skip = needs("Python with grpcio, and protoc 3.15", python !== undefined && stubTool !== undefined);
const MAX_LINES = 130;

describe("the Python client of the full contract", { skip }, () => {
  let workplace: Workplace;
  before(() => {
    workplace = createWorkplace();
    // Runs the README's command, to the letter.
    const readme = readFileSync(join(root, "examples/python/README.md"), "utf8");
    const commands = readme.split("\n").filter((line) => line.endsWith("proto/confab/v1/*.proto"));
    const command = commands.find((line) => line.startsWith(`${stubTool} `));
    assert.ok(command);
    execFileSync("sh", ["-c", command.replace("python3", python ?? "")], { cwd: workplace.folder });
  });
  after(() => workplace[Symbol.dispose]());

  const chat = ({ address }: ServerProcess, user: string, roomId: string): ConsoleProcess =>
    new ConsoleProcess(
      python ?? "python3",
      [
        "examples/python/rooms.py",
        ...["--address", address, "--user", user, "--password", PASSWORD, "--room", roomId],
      ],
      workplace.folder,
    );

  test(`it has fewer than ${MAX_LINES} lines`, () => {
    const lines = readFileSync(join(root, "examples/python/rooms.py"), "utf8").trimEnd().split("\n");
    assert.ok(lines.length < MAX_LINES, `${lines.length} lines`);
  });

  for (const runtime of runtimes) {
    test(`two join a room, outlive a kill -9 of the server on ${runtime}, and print each message once`, async () => {
      await using killed = await startServerProcess({ runtime });
      using client = new TestClient(killed.address);
      const owner = await register(client, "owner");
      await register(client, "ada");
      await register(client, "grace");
      const roomId = await openRoom(client, owner);
      await using ada = chat(killed, "ada", roomId);
      await using grace = chat(killed, "grace", roomId);
      for (const chatter of [ada, grace]) await chatter.prints("* connected\n");
      ada.type("before");
      for (const chatter of [ada, grace]) await chatter.prints("> before\n");

      await killed.stop("SIGKILL");
      for (const chatter of [ada, grace]) await chatter.prints("* connection lost (UNAVAILABLE)");
      ada.type("typed while it was down");
      const [, port = ""] = killed.address.split(":");
      await using restarted = await startServerProcess({
        runtime,
        dataDir: killed.dataDir,
        env: { CONFAB_GRPC_PORT: port },
      });
      for (const chatter of [ada, grace]) await chatter.prints("> typed while it was down\n");
      grace.type("after");
      for (const chatter of [ada, grace]) {
        await chatter.prints("> after\n");
        const messages = chatter.output.split("\n").flatMap((line) => /^\d+ (<.*)$/.exec(line)?.[1] ?? []);
        const said = ["<ada> before", "<ada> typed while it was down", "<grace> after"];
        assert.deepEqual(messages, said, chatter.output);
        chatter.endInput();
        assert.equal(await chatter.exit(), 0, chatter.output);
      }
      assert.equal(await restarted.stop("SIGTERM"), 0);
    });

    test(`a refusal that can't be helped ends it, on ${runtime}`, async () => {
      await using server = await startServerProcess({ runtime });
      using client = new TestClient(server.address);
      await register(client, "ada");
      await using ada = chat(server, "ada", "no-such-room");
      await ada.prints("! there is no such room\n");
      assert.equal(await ada.exit(), 1);
    });
  }
});
