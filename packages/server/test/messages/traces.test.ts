import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { send } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";

const { sendMessage, updateMessage, deleteMessage, setReaction } = v1.ChatService.method;

for (const runtime of runtimes) {
  test(`of what was edited or deleted nothing is left in any file, on ${runtime}`, async () => {
    const dataDir = temporaryFolder();
    const server = await startServerProcess({ runtime, dataDir });
    using client = new TestClient(server.address);
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);
    const payload = Buffer.from("canary in a payload ".repeat(20));
    const count = 120;
    for (let index = 0; index < count; index++) {
      const text = `canary number${index} ${"canary ".repeat(index % 40)}`;
      await send(
        client,
        { room, from: ada },
        { text, payload, payloadType: "canary", clientMessageId: `id ${index}` },
      );
    }
    // Rows that grow make pages split, which leaves copies of rows in their unused space.
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        client.unary(
          setReaction,
          { roomId: room.id, seq: BigInt(index + 1), emoji: `:${"x".repeat(30)}:` },
          ada,
        ),
      ),
    );
    for (let index = 0; index < count; index++) {
      const message = {
        roomId: room.id,
        seq: BigInt(index + 1),
        text: `kept ${index}`.repeat(index % 70 || 1),
      };
      if (index % 2 === 0) await client.unary(deleteMessage, message, ada);
      else await client.unary(updateMessage, { message, updateMask: { paths: ["text", "payload"] } }, ada);
    }
    await send(client, { room, from: ada }, "stays for good");
    const again = {
      roomId: room.id,
      text: "canary again",
      clientMessageId: "last",
      payload,
      payloadType: "canary",
    };
    const { message: last } = await client.unary(sendMessage, again, ada);
    await client.unary(deleteMessage, { roomId: room.id, seq: last?.seq ?? 0n }, ada);
    assert.equal(await server.stop("SIGTERM"), 0);
    const names = readdirSync(dataDir).filter((name) => name.startsWith("confab.db"));
    const traces = names.filter((name) => /canary/i.test(readFileSync(joinPath(dataDir, name), "latin1")));
    assert.deepEqual(traces, []);
    assert.match(readFileSync(joinPath(dataDir, "confab.db"), "latin1"), /stays for good/);
    rmSync(dataDir, { recursive: true, force: true });
  });
}
