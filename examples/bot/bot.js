// Answers every message in all its rooms exactly once, however often it or the server is killed.
//
//   BOT_HANDLE=desk BOT_PASSWORD='correct horse battery' node examples/bot/bot.js localhost:50051 desk.json
import { readFile, rename, writeFile } from "node:fs/promises";
import { ClosedError, ConfabError, connect } from "@confab/client";

const [address = "localhost:50051", file = "bot.json"] = process.argv.slice(2);
const { BOT_HANDLE: handle = "bot", BOT_PASSWORD: password = "" } = process.env;

/** Keeps how far the bot has read in each room. Renaming a whole file leaves no half of one behind. */
const cursors = {
  async load() {
    try {
      return JSON.parse(await readFile(file, "utf8"));
    } catch (error) {
      if (error.code === "ENOENT") return [];
      throw error;
    }
  },
  async save(all) {
    await writeFile(`${file}.new`, JSON.stringify(all));
    await rename(`${file}.new`, file);
  },
};

const chat = await connect(address, { handle, password, cursors, waitForServer: true });
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => chat.close());

chat.rooms.invitations.subscribe(accept);
accept();
process.stdout.write(`${chat.me.handle} answers\n`);

// After a kill, the message in hand comes again.
for await (const message of chat.messages()) {
  if (!message.isMine && message.sender.kind !== "bot") await answer(message);
}

function accept() {
  for (const { id } of chat.rooms.invitations.get()) chat.rooms.join(id).catch(report);
}

async function answer({ roomId, id, seq }) {
  try {
    // Made from the message's own id: the same answer sent again is the same send, which is stored once.
    const clientMessageId = `answer-${id}`;
    const text = `Your message ${seq} has arrived.`;
    await chat.rooms.get(roomId)?.send(text, { clientMessageId, replyToSeq: seq });
  } catch (error) {
    // A refused answer, in a room where the bot is muted, must not end the others.
    report(error);
  }
}

function report(error) {
  if (!(error instanceof ConfabError) || error instanceof ClosedError) throw error;
  process.stderr.write(`${error.message}\n`);
}
