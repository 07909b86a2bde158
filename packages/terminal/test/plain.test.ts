import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { connect } from "@confab/client";
import { createTestServer } from "@confab/server/testing";
import { confab } from "./support/confab.ts";
import { Piped } from "./support/piped.ts";

const password = "correct horse battery";
const office = {
  users: { ada: { password, displayName: "Ada" }, grace: { password } },
  rooms: {
    engines: {
      owner: "ada",
      members: { grace: "member" },
      messages: [{ from: "ada", text: "one\ntwo\u001b[2J" }],
    },
  },
} as const;

test("`confab send` sends its argument, or what it reads, and says nothing", async () => {
  await using server = await createTestServer({ seed: office });
  const account = ["--address", server.address, "--user", "grace"];
  const env = { CONFAB_PASSWORD: password };
  await using argument = new Piped(["send", "engines", "from the argument", ...account], env);
  assert.equal(await argument.end(), 0);
  await using input = new Piped(["send", "engines", ...account], env);
  input.input("from\nthe input\n");
  assert.equal(await input.end(), 0);
  assert.equal(argument.stdout + argument.stderr + input.stdout + input.stderr, "");
  assert.deepEqual(await textsSent(server.address), ["from the argument", "from\nthe input"]);
});

test("the address is the last argument or an option, in all three commands", async () => {
  await using server = await createTestServer({ seed: office });
  const env = { CONFAB_PASSWORD: password };
  const user = ["--user", "grace"];
  await using send = new Piped(["send", "engines", "three", server.address, ...user], env);
  assert.equal(await send.end(), 0, send.stderr);
  await using tail = new Piped(["tail", "engines", server.address, ...user, "--history", "1"], env);
  await tail.prints("grace: three");
  const flags = ["--address", server.address, "--room", "engines", ...user];
  await using chat = new Piped(["chat", ...flags], env);
  chat.input("four\n");
  assert.equal(await chat.end(), 0, chat.stderr);
  await tail.prints("grace: four");
});

test("`confab send` refuses a text that is too long, and a line of it sends the others", async () => {
  await using server = await createTestServer({ seed: office });
  const env = { CONFAB_PASSWORD: password };
  const large = "x".repeat(70 * 1024);
  await using sending = new Piped(["send", "engines", "--address", server.address, "--user", "grace"], env);
  sending.input(large);
  assert.equal(await sending.end(), 1);
  assert.equal(sending.stdout, "");
  assert.match(sending.stderr, /^confab: the text has 71680 bytes; at most 16384 are allowed/);
  await using lines = new Piped(["chat", server.address, "--room", "engines", "--user", "grace"], env);
  lines.input(`first\n${large}\nlast\n`);
  assert.equal(await lines.end(), 0);
  assert.match(lines.stderr, /^confab: not sent: the text has 71680 bytes/);
  assert.deepEqual(await textsSent(server.address), ["first", "last"]);
});

test("`confab send` says what is wrong, and exits with 1", async () => {
  await using server = await createTestServer({ seed: office });
  const env = { CONFAB_PASSWORD: password };
  const cases: readonly [readonly string[], RegExp, Readonly<Record<string, string>>?][] = [
    [
      ["send", "engines", "x", "--address", server.address],
      /^confab: say who you are: --guest NAME, or --user HANDLE/,
    ],
    [
      ["send", "engines", "x", "--address", server.address, "--user", "ada"],
      /nobody can be asked for a password here: set CONFAB_PASSWORD/,
    ],
    [
      ["send", "engines", "x", "--address", server.address, "--user", "ada"],
      /\(CREDENTIALS_WRONG\)\n$/,
      { CONFAB_PASSWORD: "guess" },
    ],
    [
      ["send", "nowhere", "x", "--address", server.address, "--user", "ada"],
      /^confab: .*\(ROOM_NOT_FOUND\)\n$/,
      env,
    ],
    [
      ["send", "engines", " ", "--address", server.address, "--user", "ada"],
      /^confab: .*\(TEXT_EMPTY\)\n$/,
      env,
    ],
    [
      ["send", "engines", "x", "--address", "127.0.0.1:1", "--guest", "Ada"],
      /no Confab server answers at 127\.0\.0\.1:1/,
    ],
    [["chat", "--guest", "a", "--user", "b"], /--guest.*--user|--user.*--guest/],
    [["chat", server.address, "--guest", "Ada", "--padding", "9"], /Give a number, 0 to 8\./],
    [["chat", server.address, "--guest", "Ada"], /say of which room with --room NAME/],
    [
      ["tail", "engines", server.address, "--address", "127.0.0.1:1", "--guest", "Ada"],
      /^confab: two addresses are given: leave one out, or --address\n$/,
    ],
  ];
  for (const [args, expected, variables] of cases) {
    await using command = new Piped(args, variables);
    assert.equal(await command.end(), 1, args.join(" "));
    assert.match(command.stderr, expected);
    assert.equal(command.stdout, "");
  }
});

test("`confab tail` prints messages as lines, without control characters, until it is stopped", async () => {
  await using server = await createTestServer({ seed: office, clock: Date.UTC(2024, 2, 12, 9, 30) });
  await using tail = new Piped(
    ["tail", "engines", "--address", server.address, "--user", "grace", "--history", "5"],
    {
      CONFAB_PASSWORD: password,
    },
  );
  await tail.prints("two");
  await using ada = await connect(server.address, { handle: "ada", password });
  await (await ada.rooms.open("engines")).send("three");
  await tail.prints("three");
  tail.kill("SIGTERM");
  assert.equal(await tail.end(), 0);
  assert.equal(tail.stdout, "[2024-03-12 09:30] Ada: one\n    two␛[2J\n[2024-03-12 09:30] Ada: three\n");
  assert.equal(tail.stderr, "");
});

test("`confab tail --json` prints one object a line, and ends when nobody reads it", async () => {
  await using server = await createTestServer({ seed: office, clock: Date.UTC(2024, 2, 12, 9, 30) });
  const args = [
    "tail",
    "engines",
    "--json",
    "--address",
    server.address,
    "--user",
    "grace",
    "--history",
    "5",
  ];
  await using tail = new Piped(args, { CONFAB_PASSWORD: password });
  await tail.prints("\n");
  const line = tail.stdout.trimEnd();
  assert.doesNotMatch(line, /\p{Cc}/u);
  const { id, ...message } = JSON.parse(line);
  assert.match(id, /^\S{8,}$/);
  assert.deepEqual(message, {
    roomId: server.rooms.engines.id,
    seq: 1,
    createTime: "2024-03-12T09:30:00.000Z",
    sender: { id: server.users.ada.id, handle: "ada", displayName: "Ada" },
    text: "one\ntwo\u001b[2J",
  });
  tail.stopReading();
  await using ada = await connect(server.address, { handle: "ada", password });
  await (await ada.rooms.open("engines")).send("nobody reads this");
  assert.equal(await tail.end(), 0);
});

test("`confab chat` in a pipe sends the lines that it reads, prints the others' and ends with its input", async () => {
  await using server = await createTestServer({ seed: office });
  await using chat = new Piped(["chat", server.address, "--user", "grace", "--room", "engines"], {
    CONFAB_PASSWORD: password,
  });
  await chat.prints("Ada: one\n    two␛[2J\n");
  await using ada = await connect(server.address, { handle: "ada", password });
  const room = await ada.rooms.open("engines");
  await room.send("are you there?");
  await chat.prints("are you there?");
  chat.input("yes\n\nI am\n");
  assert.equal(await chat.end(), 0);
  await room.loadOlder();
  const sent = room.timeline.get().items.slice(-2);
  assert.deepEqual(
    sent.map(({ text, senderId }) => [text, senderId]),
    [
      ["yes", server.users.grace.id],
      ["I am", server.users.grace.id],
    ],
  );
  assert.doesNotMatch(chat.stdout, /grace/);
});

test("`confab chat` in a pipe says in a sentence what is wrong, and ends with the room", async () => {
  await using server = await createTestServer({ seed: office });
  const env = { CONFAB_PASSWORD: password };
  await using nowhere = new Piped(["chat", server.address, "--user", "grace", "--room", "nosuch"], env);
  nowhere.input("hi\n");
  assert.equal(await nowhere.end(), 1);
  assert.equal(
    nowhere.stderr,
    'confab: there is no room "nosuch" that you are in or can find (ROOM_NOT_FOUND)\n',
  );
  assert.equal(nowhere.stdout, "");

  await using removed = new Piped(["chat", server.address, "--user", "grace", "--room", "engines"], env);
  await removed.prints("two");
  await using ada = await connect(server.address, { handle: "ada", password });
  const room = await ada.rooms.open("engines");
  await room.remove(server.users.grace.id);
  // Its input is still open.
  assert.equal(await removed.exited(), 1);
  assert.match(removed.stderr, /^confab: [^\n]+removed[^\n]*\n$/);
});

test("`confab serve` loads nothing of the terminal client's screen", async () => {
  const [node = "", script = ""] = confab;
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (/^(react|ink)($|\\/)/.test(name)) throw new Error("loaded " + name);
      return next(name, context);
    } });`;
  const child = spawn(node, [
    "--import",
    `data:text/javascript,${encodeURIComponent(hook)}`,
    script,
    "serve",
    "--help",
  ]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "close");
  assert.equal(code, 0, output);
  assert.match(output, /grpc-port/);
});

/** Returns the texts in the room "engines" that were sent to it since the seed. */
async function textsSent(address: string): Promise<readonly string[]> {
  await using reader = await connect(address, { handle: "ada", password });
  const room = await reader.rooms.open("engines");
  await room.loadOlder();
  const { items } = room.timeline.get();
  return items.slice(1).map(({ text }) => text);
}
