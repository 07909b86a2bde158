import assert from "node:assert/strict";
import { test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { historyOf, messageOf, seqsOf } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { makeRoom } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";

const {
  sendMessage,
  getMessage,
  updateMessage,
  deleteMessage,
  setReaction,
  listMessages,
  searchMessages,
  updateReadCursor,
} = v1.ChatService.method;

const openings = ["", "'", '"', "1", "x') "];
const attacks = [
  "or 1=1",
  "or '1'='1'",
  "; drop table messages",
  "; delete from users where 1=1",
  "union select password_hash from credentials",
  "union all select null,null,null",
  "and (select count(*) from messages) > 0",
  "; update rooms set public = 1",
  "; attach database '/tmp/x' as x",
  "and load_extension('x')",
  "; pragma writable_schema = on",
  "or randomblob(1000000000)",
  "and 1=cast((select token from sessions) as int)",
  "or exists(select 1)",
  "order by 99",
  "limit 1 offset 1",
  "is not null",
  "like '%'",
  "glob '*'",
  "match '*'",
];
const endings = ["", " --", " /*", "'", "; --"];
const corpus = openings.flatMap((opening) =>
  attacks.flatMap((attack) => endings.map((ending) => `${opening}${attack}${ending}`)),
);

/** Codes that a caller can cause; any other would be a bug. */
const THEIRS: ReadonlySet<number> = new Set([status.INVALID_ARGUMENT, status.NOT_FOUND]);

test("nothing that looks like SQL does anything, in whatever field it is", async () => {
  await using server = await startServerProcess({ runtime: "bun" });
  using client = new TestClient(server.address);
  const ada = await register(client, "ada");
  const room = await makeRoom(client, ada);
  const other = await makeRoom(client, ada);
  const roomId = other.id;
  const { message: kept } = await client.unary(sendMessage, { roomId, text: "kept" }, ada);
  assert.equal(corpus.length, 500);

  for (const text of corpus) {
    const payload = { payload: Buffer.from(text), payloadType: text };
    const fields = { roomId: room.id, text, clientMessageId: text, ...payload };
    const sending = client.unary(sendMessage, fields, ada);
    await Promise.all([
      isTheirs(client.unary(sendMessage, { ...fields, clientMessageId: "", mentionUserIds: [text] }, ada)),
      isTheirs(client.unary(sendMessage, { roomId: text, text }, ada)),
      isTheirs(client.unary(getMessage, { roomId: text, seq: 1n }, ada)),
      isTheirs(client.unary(listMessages, { roomId: text, sinceRevision: 1n }, ada)),
      isTheirs(client.unary(deleteMessage, { roomId: text, seq: 1n, reason: text }, ada)),
      isTheirs(client.unary(setReaction, { roomId: text, seq: 1n, emoji: text }, ada)),
      isTheirs(client.unary(updateReadCursor, { roomId: text, readSeq: 1n }, ada)),
      isTheirs(client.unary(searchMessages, { query: "kept", roomIds: [text] }, ada)),
      isTheirs(client.unary(searchMessages, { query: "kept", pageToken: text }, ada)),
      isTheirs(
        client.unary(updateMessage, { message: { roomId, seq: 1n }, updateMask: { paths: [text] } }, ada),
      ),
      client.unary(searchMessages, { query: "kept", senderId: text }, ada).then(({ messages }) => {
        assert.deepEqual(messages, []);
      }),
    ]);
    const { message } = await sending;
    assert.ok(message);
    const stored = await messageOf(client, message, ada);
    assert.deepEqual([stored.text, stored.clientMessageId, stored.payloadType], [text, text, text]);
  }
  assert.equal((await messageOf(client, { roomId, seq: 1n }, ada)).text, kept?.text);
  assert.deepEqual(seqsOf(await historyOf(client, { room: other, by: ada })), [1]);
  const { messages, hasMore } = await historyOf(client, { room, by: ada }, { pageSize: 100 });
  assert.deepEqual([messages[0]?.seq, hasMore], [500n, true]);

  async function isTheirs(call: Promise<unknown>): Promise<void> {
    const { code, reason } = await refusalOf(call);
    assert.ok(THEIRS.has(code), `it ended with ${code} ${reason}`);
  }
});
