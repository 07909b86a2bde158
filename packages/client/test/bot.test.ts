import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Chat, connect, type Message, type Room } from "@confab/client";
import { ServerProcess } from "./support/server-process.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { until } from "./support/wait.ts";

const program = fileURLToPath(new URL("../../../examples/bot/bot.js", import.meta.url));
const account = { handle: "desk", password: "correct horse battery" };
const PER_ROOM = 15;

/** Starts the bot and resolves once it answers. */
async function startBot(address: string, cursors: string): Promise<ChildProcess> {
  const bot = spawn(process.execPath, [program, address, cursors], {
    env: { ...process.env, BOT_HANDLE: account.handle, BOT_PASSWORD: account.password },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: bot.stdout })) if (line === "desk answers") break;
  return bot;
}

async function kill(bot: ChildProcess): Promise<void> {
  if (bot.exitCode !== null || bot.signalCode !== null) return;
  const exited = once(bot, "exit");
  bot.kill("SIGKILL");
  await exited;
}

/** Reads a room into a list until the chat is closed. */
async function readInto(messages: Message[], room: Room): Promise<void> {
  for await (const message of room.messages({ afterSeq: 0 })) messages.push(message);
}

test("examples/bot answers each message once, though it and the server are killed meanwhile", async () => {
  await using server = new ServerProcess();
  await server.start();
  await using proxy = await TcpProxy.open(server.address);
  await using opened = new AsyncDisposableStack();
  const { address } = proxy;
  await (await connect(address, { register: account })).close();
  const cursors = join(server.dataDir, "desk.json");
  let bot = await startBot(address, cursors);
  opened.defer(() => kill(bot));

  const reconnect = { minDelayMs: 20, maxDelayMs: 300 };
  const open = async (name: string): Promise<Chat> => {
    const register = { handle: name, password: `correct horse ${name}` };
    return opened.use(await connect(address, { register, reconnect }));
  };
  const customers = [await open("ada"), await open("grace"), await open("kay")] as const;
  const [ada] = customers;
  const rooms = await Promise.all(customers.map((chat) => chat.rooms.openDirect([account.handle])));
  rooms.push(await ada.rooms.create({ title: "orders", members: [account.handle] }));
  const read = rooms.map((): Message[] => []);
  for (const [index, room] of rooms.entries()) void readInto(read[index] ?? [], room);
  const answers = (): Message[] => read.flat().filter(({ sender }) => sender.handle === account.handle);

  const send = async (room: Room): Promise<void> => {
    for (let count = 1; count <= PER_ROOM; count++) await room.send(`question ${count}`);
  };
  // It has to accept the invitation first: it answers what is said after its joining.
  const orders = rooms.at(-1) ?? assert.fail();
  await until(() => orders.info.get().memberCount === 2, "the bot in the room of orders");
  const sending = Promise.all(rooms.map(send));

  const killServer = async (): Promise<void> => {
    proxy.target = "";
    await server.stop("SIGKILL");
    await server.start();
    proxy.target = server.address;
  };
  const killBot = async (): Promise<void> => {
    await kill(bot);
    bot = await startBot(address, cursors);
  };
  for (const [count, kills] of [
    [5, killBot],
    [12, killServer],
    [20, () => Promise.all([kill(bot), killServer()]).then(killBot)],
    [35, killBot],
  ] as const) {
    await until(() => answers().length >= count, `answer ${count}`);
    await kills();
  }
  await sending;
  // Once the last one is answered, all before it have been.
  await Promise.all(rooms.map((room) => room.send("the last question")));
  await until(() => answers().length >= rooms.length * (PER_ROOM + 1), "an answer to each");
  for (const messages of read) {
    const asked = messages.filter(({ isMine }) => isMine).map(({ seq }) => seq);
    const answered = messages.filter(({ isMine }) => !isMine).map(({ replyToSeq }) => replyToSeq);
    assert.deepEqual(
      answered.toSorted((a, b) => a - b),
      asked,
    );
    assert.equal(asked.length, PER_ROOM + 1);
  }
});
