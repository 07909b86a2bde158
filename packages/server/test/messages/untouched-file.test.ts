import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { createTestServer } from "@confab/server/testing";
import { TestClient } from "../support/client.ts";
import { temporaryFolder } from "../support/server-process.ts";

const { sendMessage, updateMessage, deleteMessage } = v1.ChatService.method;
const { createRoom, deleteRoom } = v1.RoomService.method;
const { deleteUser } = v1.UserService.method;

const seed = {
  users: { ada: {}, eve: {}, root: { role: "admin" } },
  rooms: { engine: { owner: "ada", members: { eve: "member" }, messages: [{ from: "ada", text: "one" }] } },
} as const;

type Name = keyof typeof seed.users;
type Call = <Input extends DescMessage, Output extends DescMessage>(
  by: Name,
  method: DescMethodUnary<Input, Output>,
  request: MessageInitShape<Input>,
) => Promise<MessageShape<Output>>;

interface Scene {
  readonly call: Call;
  readonly idOf: (name: Name) => string;
  readonly roomId: string;
}

/** SQLite counts each rewriting of a file in its schema's version. */
function schemaVersion(dataDir: string): unknown {
  const database = new DatabaseSync(join(dataDir, "confab.db"), { readOnly: true });
  try {
    return database.prepare("pragma schema_version").get()?.schema_version;
  } finally {
    database.close();
  }
}

/** Runs a server on a new folder, and returns true if it has rewritten its file when it stopped. */
async function isRewrittenAfter(act: (scene: Scene) => Promise<unknown>): Promise<boolean> {
  const dataDir = temporaryFolder();
  let before: unknown;
  {
    await using server = await createTestServer({ seed, dataDir });
    using client = new TestClient(server.address);
    before = schemaVersion(dataDir);
    await act({
      call: (by, method, request) => client.unary(method, request, { token: server.users[by].accessToken }),
      idOf: (name) => server.users[name].id,
      roomId: server.rooms.engine.id,
    });
  }
  const isRewritten = schemaVersion(dataDir) !== before;
  rmSync(dataDir, { recursive: true });
  return isRewritten;
}

describe("the file is rewritten at the stop", () => {
  test("not where nothing was erased: pins, mentions, rooms without messages and calls that only ask", async () => {
    const isRewritten = await isRewrittenAfter(async ({ call, idOf, roomId }) => {
      const message = { roomId, seq: 1n };
      for (const pinned of [true, false]) {
        await call("ada", updateMessage, {
          message: { ...message, pinned },
          updateMask: { paths: ["pinned"] },
        });
      }
      const mentions = { ...message, mentionUserIds: [idOf("eve")] };
      await call("ada", updateMessage, { message: mentions, updateMask: { paths: ["mention_user_ids"] } });
      const { room } = await call("eve", createRoom, { room: { title: "Plans" } });
      await call("eve", deleteRoom, { roomId: room?.id ?? "" });
      await call("root", deleteUser, { userId: idOf("eve"), validateOnly: true });
      await call("ada", sendMessage, { roomId, text: "another" });
    });
    assert.equal(isRewritten, false);
  });

  const erasing = {
    "an edited text": ({ call, roomId }) =>
      call("ada", updateMessage, {
        message: { roomId, seq: 1n, text: "other" },
        updateMask: { paths: ["text"] },
      }),
    "a deleted message": ({ call, roomId }) => call("ada", deleteMessage, { roomId, seq: 1n }),
    "a room with messages": ({ call, roomId }) => call("ada", deleteRoom, { roomId }),
    "an erased account": ({ call, idOf }) => call("root", deleteUser, { userId: idOf("eve") }),
  } satisfies Record<string, (scene: Scene) => Promise<unknown>>;
  for (const [name, act] of Object.entries(erasing)) {
    test(`after ${name}`, async () => assert.equal(await isRewrittenAfter(act), true));
  }
});
