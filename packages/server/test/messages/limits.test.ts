import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { historyOf, send, seqsOf } from "../support/messages.ts";
import { operatorClient, register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { sendMessage } = v1.ChatService.method;
const { getServerInfo } = v1.AuthService.method;

describe("what may be sent", async () => {
  const { server, client } = await forSuite(startServerProcess({ runtime: "bun" }));
  const [ada, bob, eve] = [
    await register(client, "ada"),
    await register(client, "bob"),
    await register(client, "eve"),
  ];
  const room = await makeRoom(client, ada);
  await bringIn(client, { room, owner: ada }, bob);

  async function refusedSend(
    fields: Exclude<MessageInitShape<typeof v1.SendMessageRequestSchema>, v1.SendMessageRequest>,
    from = ada,
  ): Promise<readonly unknown[]> {
    const request = { roomId: room.id, text: "text", ...fields };
    const { code, reason, field } = await refusalOf(client.unary(sendMessage, request, from));
    return [code, reason, field];
  }

  test("fields beyond their limits are refused by name, and nothing is stored", async () => {
    const payload = { payload: Uint8Array.of(1), payloadType: "t" };
    const max = 2n ** 63n - 1n;
    const cases = [
      [{ roomId: "" }, "FIELD_REQUIRED", "room_id"],
      [{ text: "" }, "TEXT_EMPTY", "text"],
      [{ text: " \n\u00ad" }, "TEXT_EMPTY", "text"],
      [{ text: " ", ...payload }, "TEXT_EMPTY", "text"],
      [{ text: "x".repeat(16 * 1024 + 1) }, "TEXT_TOO_LONG", "text"],
      [{ text: "é".repeat(8 * 1024 + 1) }, "TEXT_TOO_LONG", "text"],
      [{ clientMessageId: "x".repeat(129) }, "FIELD_TOO_LONG", "client_message_id"],
      [{ clientMessageId: "é".repeat(65) }, "FIELD_TOO_LONG", "client_message_id"],
      [{ clientMessageId: "a\0b" }, "FIELD_INVALID", "client_message_id"],
      [{ payload: new Uint8Array(32 * 1024 + 1), payloadType: "t" }, "FIELD_TOO_LONG", "payload"],
      [{ payload: Uint8Array.of(1) }, "FIELD_REQUIRED", "payload_type"],
      [{ payloadType: "t" }, "FIELD_INVALID", "payload_type"],
      [{ ...payload, payloadType: "t".repeat(129) }, "FIELD_TOO_LONG", "payload_type"],
      [{ ...payload, payloadType: "a\nb" }, "FIELD_INVALID", "payload_type"],
      [
        { mentionUserIds: Array.from({ length: 101 }, (_, id) => `${id}`) },
        "TOO_MANY_IDS",
        "mention_user_ids",
      ],
      [{ mentionUserIds: [""] }, "FIELD_INVALID", "mention_user_ids"],
      [{ mentionUserIds: ["x".repeat(60_000)] }, "FIELD_INVALID", "mention_user_ids"],
      [{ replyToSeq: -1n }, "FIELD_INVALID", "reply_to_seq"],
      [{ replyToSeq: max }, "FIELD_INVALID", "reply_to_seq"],
      [{ threadRootSeq: -max }, "FIELD_INVALID", "thread_root_seq"],
      [{ threadRootSeq: 2n ** 53n }, "FIELD_INVALID", "thread_root_seq"],
      [{ ttl: { seconds: -1n } }, "FIELD_INVALID", "ttl"],
      [{ ttl: { nanos: 999_000_000 } }, "FIELD_INVALID", "ttl"],
      [{ ttl: { seconds: 2n, nanos: 1 } }, "FIELD_INVALID", "ttl"],
      [{ ttl: { seconds: 2n, nanos: -1 } }, "FIELD_INVALID", "ttl"],
      [{ ttl: { seconds: 2n, nanos: 2_000_000_000 } }, "FIELD_INVALID", "ttl"],
      [{ ttl: { seconds: 11n * 365n * 86_400n } }, "FIELD_INVALID", "ttl"],
      [{ ttl: { seconds: max } }, "FIELD_INVALID", "ttl"],
    ] as const;
    for (const [fields, reason, field] of cases) {
      const label = `${field} ${JSON.stringify(Object.values(fields)[0], bigintToText).slice(0, 40)}`;
      assert.deepEqual(
        await refusedSend({ ...fields } as object),
        [status.INVALID_ARGUMENT, reason, field],
        label,
      );
    }
    assert.equal((await roomOf(client, room, ada)).lastSeq, 0n);
  });

  test("fields at their limits are stored", async () => {
    const payload = { payload: new Uint8Array(32 * 1024).fill(255), payloadType: "t".repeat(128) };
    const id = "i".repeat(128);
    const first = await send(
      client,
      { room, from: ada },
      { text: "x".repeat(16 * 1024), clientMessageId: id },
    );
    const second = await send(client, { room, from: ada }, { ...payload, ttl: { seconds: 1n } });
    assert.deepEqual([first.text.length, first.clientMessageId, second.text], [16 * 1024, id, ""]);
    const third = await send(client, { room, from: ada }, { ...payload, ttl: { seconds: 3650n * 86_400n } });
    assert.deepEqual([third.payload.length, third.payloadType.length], [32 * 1024, 128]);
    const { limits } = await client.unary(getServerInfo, {});
    assert.deepEqual([limits.payload_bytes, limits.client_message_id_bytes], [32n * 1024n, 128n]);
  });

  test("what a message refers to must be there, and a thread has one level", async () => {
    const root = await send(client, { room, from: ada }, "root");
    const reply = await send(client, { room, from: bob }, { text: "in it", threadRootSeq: root.seq });
    const beyond = root.seq + 1_000n;
    const missing = [status.NOT_FOUND, "MESSAGE_NOT_FOUND"];
    assert.deepEqual(await refusedSend({ replyToSeq: beyond }), [...missing, "reply_to_seq"]);
    assert.deepEqual(await refusedSend({ threadRootSeq: beyond }), [...missing, "thread_root_seq"]);
    const nested = [status.INVALID_ARGUMENT, "FIELD_INVALID", "thread_root_seq"];
    assert.deepEqual(await refusedSend({ threadRootSeq: reply.seq }), nested);
    const answer = { text: "to a reply", threadRootSeq: root.seq, replyToSeq: reply.seq };
    assert.equal((await send(client, { room, from: bob }, answer)).replyToSeq, reply.seq);
    const thread = await historyOf(client, { room, by: bob }, { threadRootSeq: root.seq });
    assert.deepEqual(seqsOf(thread), [Number(root.seq) + 2, Number(root.seq) + 1]);
  });

  test("only members are mentioned, and everyone only by whoever may", async () => {
    const notMember = [status.INVALID_ARGUMENT, "MENTION_NOT_MEMBER", "mention_user_ids"];
    for (const id of [eve.id, "nobody"])
      assert.deepEqual(await refusedSend({ mentionUserIds: [bob.id, id] }), notMember);
    const forbidden = [status.PERMISSION_DENIED, "NOT_PERMITTED", "mention_user_ids"];
    assert.deepEqual(await refusedSend({ mentionUserIds: ["all"] }, bob), forbidden);
    await send(client, { room, from: ada }, { text: "listen", mentionUserIds: ["all"] });
    await send(client, { room, from: ada }, { text: "bob", mentionUserIds: [bob.id, "all"] });
    const { self } = await roomOf(client, room, bob);
    assert.equal(self?.mentionCount, 2n);
    assert.equal((await roomOf(client, room, ada)).self?.mentionCount, 0n);
  });

  test("an outsider, and whoever has no account, sends nothing", async () => {
    assert.deepEqual(await refusedSend({}, eve), [status.NOT_FOUND, "ROOM_NOT_FOUND", undefined]);
    using operator = operatorClient(server);
    const { reason } = await refusalOf(operator.unary(sendMessage, { roomId: room.id, text: "from above" }));
    assert.equal(reason, "NOT_PERMITTED");
    const anonymous = await refusalOf(client.unary(sendMessage, { roomId: room.id, text: "x" }));
    assert.equal(anonymous.reason, "SIGN_IN_REQUIRED");
  });
});

test("sends are counted against the limit of whoever sends, repeats as well", async () => {
  await using server = await startServerProcess({ runtime: "bun", env: { CONFAB_RATE_LIMITS: "true" } });
  using client = new TestClient(server.address);
  const ada = await register(client, "ada");
  const room = await makeRoom(client, ada);
  const repeats = Array.from({ length: 400 }, () =>
    client.unary(sendMessage, { roomId: room.id, text: "again", clientMessageId: "one" }, ada),
  );
  const results = await Promise.allSettled(repeats);
  const refused = results.filter((result) => result.status === "rejected");
  assert.ok(refused.length > 0 && refused.length < 400, `${refused.length} were refused`);
  const refusal = await refusalOf(Promise.reject(refused[0]?.reason));
  assert.deepEqual([refusal.code, refusal.reason], [status.RESOURCE_EXHAUSTED, "RATE_LIMITED"]);
  assert.ok((refusal.retryAfterMs ?? 0) > 0);
});

function bigintToText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
