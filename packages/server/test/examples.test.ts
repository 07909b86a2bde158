import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { ConsoleProcess } from "./support/console-process.ts";
import { startHostileServer } from "./support/hostile-server.ts";
import { needs, python } from "./support/needs.ts";
import { createWorkplace, generateStubs, type Workplace } from "./support/python.ts";
import { readBlocks, readCommands, readPythonSession } from "./support/readme.ts";
import { root, runtimeProgram, runtimes } from "./support/runtimes.ts";
import { startServerProcess } from "./support/server-process.ts";
import { forSuite } from "./support/suite.ts";

const skipWithoutPython = needs("Python with grpcio and grpcio-tools", python !== undefined);
const { sendMessage } = simple.ChatService.method;

/** Everything but line feeds that may steer a terminal or reorder what it shows. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const HOSTILE_TEXT = "a\x1b[2Jb\x1b]52;c;ZXZpbA==\x07c\x9b31md\u202ee\r\x7f\n<ada> I never said this";
const HOSTILE_TEXT_SHOWN =
  "a\\x1b[2Jb\\x1b]52;c;ZXZpbA==\\x07c\\x9b31md\\u202ee\\x0d\\x7f\n    <ada> I never said this\n";

let workplace: Workplace;
before(() => {
  workplace = createWorkplace();
  if (python) generateStubs(workplace.folder);
});
after(() => workplace[Symbol.dispose]());

for (const runtime of runtimes) {
  describe(`the README against a server on ${runtime}`, async () => {
    const { server } = await forSuite(startServerProcess({ runtime }));

    test("its Python session prints what it says when it is pasted", {
      skip: skipWithoutPython,
    }, async () => {
      const session = readPythonSession();
      await using run = runPython(["-i", "-q"]);
      // Without prompts, which would stand between the lines of output.
      run.type('import sys; sys.ps1 = sys.ps2 = ""');
      for (const { code } of session) run.type(`${at(server, code)}print("=====")`);
      run.endInput();
      assert.equal(await run.exit(), 0, run.output);
      const printed = run.output.replace(/^>>> /, "").split("=====\n").slice(0, -1);
      assert.deepEqual(
        printed,
        session.map(({ output }) => output),
        run.output,
      );
    });

    test("the Python helper reads the details of errors, of grpc and of grpc.aio", {
      skip: skipWithoutPython,
    }, async () => {
      await using run = runPython(["-c", READ_DETAILS, server.address]);
      assert.equal(await run.exit(), 0, run.output);
      assert.equal(run.output, "TEXT_EMPTY text 0.0\n".repeat(2));
    });

    test("its Node snippet sends and receives", async () => {
      const [snippet = ""] = readBlocks("js");
      await using run = runNode(["--input-type=module", "--eval", at(server, snippet)]);
      assert.equal(await run.exit(), 0, run.output);
      const message = "{ userName: 'linus', text: 'Hello from Node' }\n";
      assert.ok(run.output.startsWith(`stored: ${message}received: `), run.output);
      assert.ok(run.output.endsWith(`received: ${message}`), run.output);
    });

    test("its buf commands list, send and receive by reflection", async () => {
      const [list = "", send = "", receive = ""] = readCommands("npx buf curl");
      await using listing = new ConsoleProcess("sh", ["-c", at(server, list)], root);
      assert.equal(await listing.exit(), 0, listing.output);
      const services = listing.output.split("\n");
      assert.ok(services.includes("ChatService") && services.includes("UserService"), listing.output);

      const message = '{\n  "userName": "linus",\n  "text": "Hello from a shell"\n}\n';
      await using sending = new ConsoleProcess("sh", ["-c", at(server, send)], root);
      assert.equal(await sending.exit(), 0, sending.output);
      assert.equal(sending.output, message);

      await using receiving = new ConsoleProcess("sh", ["-c", at(server, receive)], root);
      await receiving.prints(message);
    });
  });

  describe(`the example chat clients against a server on ${runtime}`, {
    skip: skipWithoutPython,
  }, async () => {
    const { server, client } = await forSuite(startServerProcess({ runtime }));

    test("two in Python and one in Node hear each other, and who comes late hears what was said", async () => {
      await using ada = chatInPython(server, "--name", "ada");
      await using grace = chatInNode(server, "grace");
      ada.type("hello from Python");
      await grace.prints("<ada> hello from Python\n");
      grace.type("hello from Node");
      await ada.prints("<grace> hello from Node\n");

      await using linus = chatInPython(server, "--name", "linus");
      linus.type("am I late?");
      const heard = "<ada> hello from Python\n<grace> hello from Node\n<linus> am I late?\n";
      for (const listener of [ada, grace, linus]) await listener.prints(heard);

      for (const chatter of [ada, grace, linus]) {
        chatter.endInput();
        assert.equal(await chatter.exit(), 0, chatter.output);
      }
    });

    test("nothing that was sent to a terminal gets to it raw", async () => {
      await using ada = chatInPython(server, "--name", "ada");
      await using grace = chatInNode(server, "grace");
      await client.unary(sendMessage, { userName: "mallory", text: HOSTILE_TEXT });
      for (const listener of [ada, grace]) {
        await listener.prints(`<mallory> ${HOSTILE_TEXT_SHOWN}`);
        assert.doesNotMatch(listener.output, UNSAFE);
      }
    });

    test("a refused line says why, and the next one is sent", async () => {
      await using ada = chatInPython(server, "--name", "ada");
      await using grace = chatInNode(server, "grace");
      ada.type("x".repeat(20_000));
      await ada.prints(
        "! not sent: text has 20000 bytes of UTF-8; at most 16384 are allowed [TEXT_TOO_LONG]\n",
      );
      grace.type("x".repeat(20_000));
      await grace.prints("! not sent: text has 20000 bytes");
      ada.type("a shorter one");
      grace.type("another one");
      for (const listener of [ada, grace]) {
        await listener.prints("<ada> a shorter one\n");
        await listener.prints("<grace> another one\n");
      }
    });

    test("an account signs in, its name is nobody else's, and a wrong password ends the client", async () => {
      const password = "correct horse battery";
      await client.unary(simple.UserService.method.createUser, { name: "barbara", password });
      await using barbara = chatInPython(server, "--user", "barbara", "--password", password);
      barbara.type("it's really me");
      await barbara.prints("<barbara> it's really me\n");

      await using guest = chatInPython(server, "--name", "barbara");
      guest.type("no, me");
      await guest.prints("[NAME_HELD]\n");

      await using thief = chatInPython(server, "--user", "barbara", "--password", "a wrong guess");
      await thief.prints("! the name or the password is wrong [CREDENTIALS_WRONG]\n");
      assert.equal(await thief.exit(), 1);
    });

    test("Ctrl-C ends the Python client without a word, also just before it reads", async () => {
      for (let times = 0; times < 15; times++) {
        await using ada = chatInPython(server, "--name", "ada");
        await ada.prints("* connected to");
        ada.kill("SIGINT");
        assert.equal(await ada.exit(), 0);
        assert.doesNotMatch(ada.output, /Traceback|^!/m);
      }
    });
  });

  test(`the Python client outlives a kill -9 of the server on ${runtime}`, {
    skip: skipWithoutPython,
  }, async () => {
    await using killed = await startServerProcess({ runtime });
    await using ada = chatInPython(killed, "--name", "ada");
    await using grace = chatInPython(killed, "--name", "grace");
    ada.type("before");
    for (const listener of [ada, grace]) await listener.prints("<ada> before\n");

    await killed.stop("SIGKILL");
    for (const listener of [ada, grace]) await listener.prints("* connection lost (");
    ada.type("typed while it was down");
    const { dataDir } = killed;
    const [, port = ""] = killed.address.split(":");
    await using restarted = await startServerProcess({ runtime, dataDir, env: { CONFAB_GRPC_PORT: port } });
    for (const listener of [ada, grace]) {
      await listener.prints(`* connected again to ${restarted.address}\n`);
      await listener.prints("<ada> typed while it was down\n");
    }
    grace.type("after");
    for (const listener of [ada, grace]) {
      await listener.prints("<grace> after\n");
      const messages = listener.output.split("\n").filter((line) => line.startsWith("<"));
      assert.deepEqual(messages, ["<ada> before", "<ada> typed while it was down", "<grace> after"]);
    }
  });
}

describe("the example chat clients", { skip: skipWithoutPython }, () => {
  test("print no name, text or error of a hostile server raw", async () => {
    await using server = await startHostileServer(HOSTILE_TEXT);
    await using ada = chatInPython(server, "--name", "ada");
    await using grace = chatInNode(server, "grace");
    for (const client of [ada, grace]) {
      client.type("hello");
      await client.prints("! not sent: a\\x1b[2J");
      await client.prints(`<a\\x1b[2J`);
      await client.prints(HOSTILE_TEXT_SHOWN);
      assert.doesNotMatch(client.output, UNSAFE);
    }
  });

  test("wait for a server that is not there yet, and say so", async () => {
    const stopped = await startServerProcess({ runtime: "node" });
    await stopped[Symbol.asyncDispose]();
    await using ada = chatInPython(stopped, "--name", "ada");
    await ada.prints(`* nothing answers at ${stopped.address} yet: still trying\n`);
    ada.kill("SIGINT");
    assert.equal(await ada.exit(), 0);
  });

  test("after a reconnect, the Python client prints what is new, each once and in order", () => {
    const script = `
import random
from shown import RECENT_MESSAGES, Shown

random.seed(1)
for _ in range(2000):
    lobby = [f"message {index}" for index in range(random.randint(0, 3 * RECENT_MESSAGES))]
    shown, printed, expected, known, start = Shown(), [], [], 0, 0
    for _ in range(random.randint(1, 4)):
        # A stream: the recent messages at its start, and then live ones, unless it ends before.
        start = random.randint(max(known, start), len(lobby))
        first = max(0, start - RECENT_MESSAGES)
        end = random.choice([random.randint(first, start), random.randint(start, len(lobby))])
        shown.start_stream()
        is_lost = bool(printed) and known <= first < end
        has_lost_track = False
        for message in lobby[first:end]:
            printed += shown.take(message)
            has_lost_track = has_lost_track or shown.has_lost_track
        expected += lobby[max(known, first):end]
        assert printed == expected, (known, first, end)
        assert has_lost_track == is_lost, (known, first, end)
        known = max(known, end)
    # In a lobby that repeats itself nothing is held back for ever, and nothing is said twice.
    shown, lobby = Shown(), random.choices("ab", k=random.randint(1, 2 * RECENT_MESSAGES))
    for message in lobby[-RECENT_MESSAGES:]:
        shown.take(message)
    shown.start_stream()
    repeated = sum((shown.take(message) for message in lobby[-RECENT_MESSAGES:]), [])
    assert repeated == [] and shown.take("c") == ["c"], repeated
`;
    execFileSync(python ?? "python3", ["-c", script], {
      cwd: join(root, "examples/python"),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
  });
});

const READ_DETAILS = `
import asyncio, sys
sys.path += ["examples/python", "."]
import grpc, grpc.aio, chat_pb2, chat_pb2_grpc
from confab_errors import details_of

def show(error):
    details = details_of(error)
    print(details.reason, details.field, details.retry_after_s)

async def send(address):
    async with grpc.aio.insecure_channel(address) as channel:
        await chat_pb2_grpc.ChatServiceStub(channel).SendMessage(chat_pb2.Message(user_name="ada"))

try:
    chat_pb2_grpc.ChatServiceStub(grpc.insecure_channel(sys.argv[1])).SendMessage(chat_pb2.Message(user_name="ada"))
except grpc.RpcError as error:
    show(error)
try:
    asyncio.run(send(sys.argv[1]))
except grpc.aio.AioRpcError as error:
    show(error)
`;

/** The README's code, calling this server. */
function at({ address }: { address: string }, code: string): string {
  assert.ok(code !== "" && (code.includes("localhost:50051") || !code.includes(":50051")), code);
  return code.replaceAll("localhost:50051", address);
}

function runPython(args: readonly string[]): ConsoleProcess {
  return new ConsoleProcess(python ?? "python3", args, workplace.folder);
}

function runNode(args: readonly string[]): ConsoleProcess {
  return new ConsoleProcess(runtimeProgram("node"), args, workplace.folder);
}

function chatInPython({ address }: { address: string }, ...who: string[]): ConsoleProcess {
  return runPython(["examples/python/chat.py", "--address", address, ...who]);
}

function chatInNode({ address }: { address: string }, name: string): ConsoleProcess {
  return runNode(["examples/node/chat.js", name, address]);
}
