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

const { updateMessage, deleteMessage, searchMessages } = v1.ChatService.method;
const { deleteUser } = v1.UserService.method;
const MAX_TRIES = 20;
const MANY = 2_500;

/** What a server that no longer runs has left to be indexed. @throws Error when the index is not sound */
function inspect(dataDir: string): { readonly waiting: number } {
  using database = new DatabaseSync(join(dataDir, "confab.db"));
  database.exec("insert into message_search (message_search) values ('integrity-check')");
  const row = database
    .prepare("select count(*) as waiting from messages, search_progress where key > indexed_key")
    .get();
  return { waiting: Number(row?.waiting) };
}

for (const runtime of runtimes) {
  describe(`searching what is indexed later, on ${runtime}`, { timeout: 120_000 }, () => {
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
        if (inspect(dataDir).waiting > 0) break;
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
      await server.stop("SIGKILL");
      assert.equal(inspect(dataDir).waiting, 0);
    });

    test("of thousands that are sent until the server is killed each that was answered is found, once", async () => {
      const dataDir = newFolder();
      const answered: string[] = [];
      {
        await using server = await startServerProcess({ runtime, dataDir });
        using client = new TestClient(server.address);
        const ada = await register(client, "ada");
        const room = await makeRoom(client, ada);
        const sends = Array.from({ length: MANY }, async (_, index) => {
          const { text } = await send(client, { room, from: ada }, `bassoon number${index}`);
          answered.push(text);
          if (answered.length === MANY - 1_000) server.process.kill("SIGKILL");
        });
        await Promise.allSettled(sends);
        assert.ok(answered.length < MANY, "the server was killed while some were under way");
      }
      inspect(dataDir);
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
      inspect(dataDir);
      const words = { edited: "xylophone", deleted: "glockenspiel", erased: "theremin" };
      assert.deepEqual(findInFiles(dataDir, words), []);
    });
  });
}
