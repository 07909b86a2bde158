import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { findInFiles } from "../support/files.ts";
import { search, send } from "../support/messages.ts";
import { register, signIn } from "../support/people.ts";
import { bringIn, makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";

const { updateMessage, deleteMessage, searchMessages } = v1.ChatService.method;
const { deleteUser } = v1.UserService.method;
const MAX_TRIES = 20;
const MANY = 1_500;
const AT_ONCE = 1_000;

/** Counts the messages that wait to be indexed. */
function countWaiting(dataDir: string): number {
  using database = new DatabaseSync(join(dataDir, "confab.db"), { readOnly: true });
  const row = database
    .prepare("select count(*) as waiting from messages, search_indexes where key > indexed_key")
    .get();
  return Number(row?.waiting);
}

/** Checks the index of a server that no longer runs. @throws Error when it is not sound */
function checkIndex(dataDir: string): void {
  using database = new DatabaseSync(join(dataDir, "confab.db"));
  database.exec("insert into search_words_1 (search_words_1, rank) values ('integrity-check', 1)");
}

for (const runtime of runtimes) {
  describe(`searching what is indexed later, on ${runtime}`, { timeout: 600_000 }, () => {
    const folders: string[] = [];
    after(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });

    function newFolder(): string {
      const folder = temporaryFolder();
      folders.push(folder);
      return folder;
    }

    test("a server that is killed after the answer and before the index finds the message when it is back", async () => {
      const dataDir = newFolder();
      const written: string[] = [];
      for (let tries = 1; ; tries++) {
        await using server = await startServerProcess({ runtime, dataDir });
        using client = new TestClient(server.address);
        const ada = tries === 1 ? await register(client, "ada") : await signIn(client, "ada");
        const room = await makeRoom(client, ada);
        for (const word of ["first", "second"]) {
          await send(client, { room, from: ada }, `clarinet ${word} of ${tries}`);
          written.unshift(`clarinet ${word} of ${tries}`);
        }
        await server.stop("SIGKILL");
        if (countWaiting(dataDir) > 0) break;
        assert.ok(tries < MAX_TRIES, "the index was quicker each time");
      }
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const ada = await signIn(client, "ada");
      const found = await search(client, ada, "clarinet");
      assert.deepEqual(
        found.map(({ text }) => text),
        written,
      );
      await eventually(async () => countWaiting(dataDir) === 0, "the index has all messages");
      await server.stop("SIGKILL");
      checkIndex(dataDir);
    });

    test("of thousands that are sent until the server is killed each that was answered is found, once", async () => {
      const dataDir = newFolder();
      const answered: string[] = [];
      {
        await using server = await startServerProcess({ runtime, dataDir });
        using client = new TestClient(server.address);
        const ada = await register(client, "ada");
        const room = await makeRoom(client, ada);
        let sent = 0;
        const sendOn = async (): Promise<void> => {
          for (;;) {
            const { text } = await send(client, { room, from: ada }, `bassoon number${sent++}`);
            answered.push(text);
            if (answered.length === MANY) server.process.kill("SIGKILL");
          }
        };
        await Promise.allSettled(Array.from({ length: AT_ONCE }, sendOn));
        assert.ok(answered.length < sent, "the server was killed while some were under way");
      }
      checkIndex(dataDir);
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const ada = await signIn(client, "ada");
      const found = (await search(client, ada, { query: "bassoon", pageSize: 100 })).map(({ text }) => text);
      const once = new Set(found);
      assert.equal(once.size, found.length);
      assert.deepEqual(
        answered.filter((text) => !once.has(text)),
        [],
      );
    });

    test("what is edited, deleted or erased before it is indexed leaves no word behind", async () => {
      const dataDir = newFolder();
      await using server = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(server.address);
      const [ada, grace] = [await register(client, "ada"), await register(client, "grace")];
      const room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, grace);
      await send(client, { room, from: ada }, "oboe stays");
      const edited = await send(client, { room, from: ada }, "oboe xylophone");
      const deleted = await send(client, { room, from: ada }, "oboe glockenspiel");
      await send(client, { room, from: grace }, "oboe theremin");
      const message = { roomId: room.id, seq: edited.seq, text: "oboe changed" };
      await client.unary(updateMessage, { message, updateMask: { paths: ["text"] } }, ada);
      await client.unary(deleteMessage, { roomId: room.id, seq: deleted.seq }, ada);
      await client.unary(deleteUser, { userId: "me", eraseMessages: true }, grace);
      const { messages } = await client.unary(searchMessages, { query: "oboe" }, ada);
      assert.deepEqual(
        messages.map(({ text }) => text),
        ["oboe changed", "oboe stays"],
      );
      for (const query of ["xylophone", "glockenspiel", "theremin"]) {
        assert.deepEqual(await search(client, ada, query), []);
      }
      assert.equal(await server.stop("SIGTERM"), 0);
      checkIndex(dataDir);
      const words = { edited: "xylophone", deleted: "glockenspiel", erased: "theremin" };
      assert.deepEqual(findInFiles(dataDir, words), []);
    });
  });
}
