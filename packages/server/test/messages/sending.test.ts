import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf, TestClient } from "../support/client.ts";
import { bytesOf, historyOf, messageOf, send } from "../support/messages.ts";
import { type Person, register, signIn } from "../support/people.ts";
import { bringIn, makeRoom } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const { sendMessage, updateMessage, deleteMessage } = v1.ChatService.method;

for (const runtime of runtimes) {
  describe(`sending messages on ${runtime}`, () => {
    const dataDir = temporaryFolder();
    let server: ServerProcess;
    let client: TestClient;
    let ada: Person;
    let bob: Person;
    let room: v1.Room;
    before(async () => {
      server = await startServerProcess({ runtime, dataDir });
      client = new TestClient(server.address);
      ada = await register(client, "ada");
      bob = await register(client, "bob");
      room = await makeRoom(client, ada);
      await bringIn(client, { room, owner: ada }, bob);
    });
    after(async () => {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test("what was sent comes back, and is read by others as it was sent", async () => {
      const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
      const root = await send(client, { room, from: bob }, "a thread begins");
      const fields = {
        text: "zero\u200bwidth \u202eright to left, \u0041\u030a and \u00c5, 👩‍👩‍👧",
        clientMessageId: "a: b/c",
        threadRootSeq: root.seq,
        replyToSeq: root.seq,
        mentionUserIds: [bob.id, ada.id, bob.id],
        payload,
        payloadType: "application/x.test",
        ttl: { seconds: 3_600n, nanos: 500_000_000 },
      };
      const sent = await send(client, { room, from: ada }, fields);
      assert.equal(sent.seq, root.seq + 1n);
      assert.deepEqual(
        [sent.roomId, sent.senderId, sent.clientMessageId, sent.threadRootSeq, sent.replyToSeq],
        [room.id, ada.id, "a: b/c", root.seq, root.seq],
      );
      assert.equal(sent.text, fields.text);
      assert.deepEqual(sent.mentionUserIds, [bob.id, ada.id]);
      assert.deepEqual([...sent.payload], [...payload]);
      assert.ok(sent.createTime && sent.expireTime);
      assert.equal(timestampMs(sent.expireTime) - timestampMs(sent.createTime), 3_600_500);
      assert.equal(bytesOf(await messageOf(client, sent, bob)), bytesOf(sent));
    });

    test("a hundred sends of one message at once give one message, a hundred times", async () => {
      const before = await historyOf(client, { room, by: ada });
      const request = {
        roomId: room.id,
        text: "once",
        clientMessageId: "id-1",
        mentionUserIds: [ada.id, bob.id],
      };
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => {
          const mentionUserIds = index % 2 === 0 ? [ada.id, bob.id] : [bob.id, ada.id, bob.id];
          return client.unary(sendMessage, { ...request, mentionUserIds }, ada);
        }),
      );
      assert.equal(new Set(answers.map(({ message }) => bytesOf(message))).size, 1);
      assert.equal(answers.filter(({ duplicate }) => !duplicate).length, 1);
      const { messages } = await historyOf(
        client,
        { room, by: ada },
        { afterSeq: before.messages[0]?.seq ?? 0n },
      );
      assert.deepEqual(
        messages.map(({ text }) => text),
        ["once"],
      );
    });

    test("a repeat is known after the server has started again, after an edit and after a deletion", async () => {
      const fields = { text: "kept for ever", clientMessageId: "id-2" };
      const first = await send(client, { room, from: ada }, fields);
      client[Symbol.dispose]();
      await server.stop("SIGKILL");
      server = await startServerProcess({ runtime, dataDir });
      client = new TestClient(server.address);
      ada = await signIn(client, "ada");
      const repeat = { roomId: room.id, ...fields };
      const again = await client.unary(sendMessage, repeat, ada);
      assert.deepEqual([again.duplicate, bytesOf(again.message)], [true, bytesOf(first)]);

      const edit = {
        message: { roomId: room.id, seq: first.seq, text: "edited" },
        updateMask: { paths: ["text"] },
      };
      const { message: edited } = await client.unary(updateMessage, edit, ada);
      const afterEdit = await client.unary(sendMessage, repeat, ada);
      assert.deepEqual([afterEdit.duplicate, bytesOf(afterEdit.message)], [true, bytesOf(edited)]);
      const other = client.unary(sendMessage, { ...repeat, text: "edited" }, ada);
      assert.equal((await refusalOf(other)).reason, "MESSAGE_ID_REUSED");

      const { message: tombstone } = await client.unary(
        deleteMessage,
        { roomId: room.id, seq: first.seq },
        ada,
      );
      const afterDeletion = await client.unary(sendMessage, repeat, ada);
      assert.ok(tombstone);
      assert.equal(
        tombstone.clientMessageId,
        "",
        "the tombstone has lost the id, and the answer has it again",
      );
      const answer = { ...tombstone, clientMessageId: fields.clientMessageId };
      assert.deepEqual([afterDeletion.duplicate, bytesOf(afterDeletion.message)], [true, bytesOf(answer)]);
    });

    test("the same id with anything else is refused; another sender's is theirs; none makes each send new", async () => {
      const base = {
        roomId: room.id,
        clientMessageId: "id-3",
        text: "original",
        payload: Uint8Array.of(1),
        payloadType: "t",
      };
      const first = await send(client, { room, from: ada }, base);
      const other = await makeRoom(client, ada);
      const differences: MessageInitShape<typeof v1.SendMessageRequestSchema>[] = [
        { text: "other" },
        { roomId: other.id },
        { replyToSeq: 1n },
        { threadRootSeq: 1n },
        { mentionUserIds: [bob.id] },
        { payload: Uint8Array.of(2) },
        { payloadType: "u" },
        { ttl: { seconds: 60n } },
      ];
      for (const difference of differences) {
        const { code, reason, field } = await refusalOf(
          client.unary(sendMessage, { ...base, ...difference }, ada),
        );
        assert.deepEqual(
          [code, reason, field],
          [status.ALREADY_EXISTS, "MESSAGE_ID_REUSED", "client_message_id"],
          Object.keys(difference).join(),
        );
      }
      const bobs = await client.unary(sendMessage, { ...base, text: "bob's" }, bob);
      assert.deepEqual([bobs.duplicate, bobs.message?.seq], [false, first.seq + 1n]);
      const nameless = { ...base, clientMessageId: "" };
      const seqs = [
        await send(client, { room, from: ada }, nameless),
        await send(client, { room, from: ada }, nameless),
      ];
      assert.deepEqual(
        seqs.map(({ seq }) => seq - first.seq),
        [2n, 3n],
      );
    });
  });
}
