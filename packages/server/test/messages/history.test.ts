import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { v1 } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "../support/client.ts";
import { historyOf, send, seqsOf } from "../support/messages.ts";
import { register } from "../support/people.ts";
import { bringIn, makeRoom, roomOf } from "../support/rooms.ts";
import { runtimes } from "../support/runtimes.ts";
import { startServerProcess } from "../support/server-process.ts";
import { forSuite } from "../support/suite.ts";

const { listMessages, updateMessage, deleteMessage, setReaction } = v1.ChatService.method;

const MESSAGES = 25;

for (const runtime of runtimes) {
  describe(`the history of a room on ${runtime}`, async () => {
    const { client } = await forSuite(startServerProcess({ runtime }));
    const ada = await register(client, "ada");
    const room = await makeRoom(client, ada);
    for (let index = 1; index <= MESSAGES; index++) await send(client, { room, from: ada }, `text ${index}`);

    async function page(position: Parameters<typeof historyOf>[2]): Promise<readonly unknown[]> {
      const history = await historyOf(client, { room, by: ada }, position);
      return [seqsOf(history), history.hasMore];
    }

    test("a page is where it was asked for, in its order, and says whether there is more", async () => {
      assert.deepEqual(await page({ pageSize: 3 }), [[25, 24, 23], true]);
      assert.deepEqual(await page({ pageSize: 3, beforeSeq: 23n }), [[22, 21, 20], true]);
      assert.deepEqual(await page({ pageSize: 3, beforeSeq: 4n }), [[3, 2, 1], false]);
      assert.deepEqual(await page({ pageSize: 3, beforeSeq: 1n }), [[], false]);
      assert.deepEqual(await page({ pageSize: 3, beforeSeq: 9_999n }), [[25, 24, 23], true]);
      assert.deepEqual(await page({ pageSize: 3, afterSeq: 1n }), [[2, 3, 4], true]);
      assert.deepEqual(await page({ pageSize: 3, afterSeq: 22n }), [[23, 24, 25], false]);
      assert.deepEqual(await page({ pageSize: 3, afterSeq: 25n }), [[], false]);
      assert.deepEqual(await page({ pageSize: 5, aroundSeq: 10n }), [[8, 9, 10, 11, 12], true]);
      assert.deepEqual(await page({ pageSize: 4, aroundSeq: 10n }), [[8, 9, 10, 11], true]);
      assert.deepEqual(await page({ pageSize: 1, aroundSeq: 10n }), [[10], true]);
      assert.deepEqual(await page({ pageSize: 5, aroundSeq: 1n }), [[1, 2, 3, 4, 5], true]);
      assert.deepEqual(await page({ pageSize: 100, aroundSeq: 13n }), [seqsUpTo(MESSAGES), false]);
      assert.deepEqual(await page({ pageSize: 4, aroundSeq: 9_999n }), [[24, 25], true]);
      const { messages } = await historyOf(client, { room, by: ada }, { pageSize: 1_000 });
      assert.equal(messages.length, MESSAGES);
    });

    test("position 0 is the beginning, so a loop from an empty cache has everything once", async () => {
      assert.deepEqual(await page({ pageSize: 3, beforeSeq: 0n }), [[], false]);
      assert.deepEqual(await page({ pageSize: 3, afterSeq: 0n }), [[1, 2, 3], true]);
      assert.deepEqual(await page({ pageSize: 3, aroundSeq: 0n }), [[1, 2, 3], true]);
      assert.deepEqual(await page({ pageSize: 3, sinceRevision: 0n }), [[1, 2, 3], true]);

      const empty = await makeRoom(client, ada);
      for (const position of [
        { beforeSeq: 0n },
        { afterSeq: 0n },
        { aroundSeq: 0n },
        { sinceRevision: 0n },
      ]) {
        const history = await historyOf(client, { room: empty, by: ada }, position);
        assert.deepEqual([seqsOf(history), history.hasMore], [[], false]);
      }
      for (const direction of ["afterSeq", "sinceRevision"] as const) {
        const seqs: number[] = [];
        let hasMore = true;
        for (let last: v1.Message | undefined; hasMore; ) {
          const from = (direction === "afterSeq" ? last?.seq : last?.revision) ?? 0n;
          const history = await historyOf(client, { room, by: ada }, { pageSize: 10, [direction]: from });
          seqs.push(...seqsOf(history));
          last = history.messages.at(-1);
          ({ hasMore } = history);
        }
        assert.deepEqual(seqs, seqsUpTo(MESSAGES));
      }
    });

    test("position 0 begins where a member's history begins, and in a thread and among pins", async () => {
      const later = await makeRoom(client, ada, {
        policy: { historyVisibility: v1.HistoryVisibility.SINCE_JOIN },
      });
      const root = await send(client, { room: later, from: ada }, "before bob");
      const bob = await register(client, "bob");
      await bringIn(client, { room: later, owner: ada }, bob);
      const inThread = { text: "in the thread", threadRootSeq: root.seq };
      await send(client, { room: later, from: ada }, "after bob");
      await send(client, { room: later, from: ada }, inThread);
      const by = { room: later, by: bob };
      for (const position of [{ afterSeq: 0n }, { aroundSeq: 0n }, { sinceRevision: 0n }]) {
        assert.deepEqual(seqsOf(await historyOf(client, by, position)), [2, 3]);
      }
      const thread = { threadRootSeq: root.seq };
      assert.deepEqual(seqsOf(await historyOf(client, by, { ...thread, afterSeq: 0n })), [3]);
      assert.deepEqual(seqsOf(await historyOf(client, by, { ...thread, beforeSeq: 0n })), []);
      assert.deepEqual(seqsOf(await historyOf(client, by, { pinnedOnly: true, aroundSeq: 0n })), []);
    });

    test("a position is one of its kind, within its range, or refused with its field", async () => {
      const max = 2n ** 63n - 1n;
      const cases = [
        [{ beforeSeq: 1n, afterSeq: 1n }, "FIELD_INVALID", "after_seq"],
        [{ aroundSeq: 1n, sinceRevision: 1n }, "FIELD_INVALID", "since_revision"],
        [{ beforeSeq: 0n, afterSeq: 0n }, "FIELD_INVALID", "after_seq"],
        [{ aroundSeq: 0n, sinceRevision: 0n }, "FIELD_INVALID", "since_revision"],
        [{ sinceRevision: 0n, threadRootSeq: 1n }, "FIELD_INVALID", "thread_root_seq"],
        [{ sinceRevision: 1n, threadRootSeq: 1n }, "FIELD_INVALID", "thread_root_seq"],
        [{ sinceRevision: 1n, pinnedOnly: true }, "FIELD_INVALID", "pinned_only"],
        [{ beforeSeq: -1n }, "FIELD_INVALID", "before_seq"],
        [{ afterSeq: max }, "FIELD_INVALID", "after_seq"],
        [{ aroundSeq: 2n ** 53n }, "FIELD_INVALID", "around_seq"],
        [{ threadRootSeq: -max }, "FIELD_INVALID", "thread_root_seq"],
        [{ sinceRevision: -1n }, "FIELD_INVALID", "since_revision"],
        [{ pageSize: -1 }, "PAGE_SIZE_INVALID", "page_size"],
        [{ pageSize: -(2 ** 31) }, "PAGE_SIZE_INVALID", "page_size"],
        [{ roomId: "" }, "FIELD_REQUIRED", "room_id"],
      ] as const;
      for (const [position, reason, field] of cases) {
        const refusal = await refusalOf(client.unary(listMessages, { roomId: room.id, ...position }, ada));
        assert.deepEqual(
          [refusal.code, refusal.reason, refusal.field],
          [status.INVALID_ARGUMENT, reason, field],
        );
      }
    });

    test("pages in both directions have each message once, while others write, edit and delete", async () => {
      const busy = await makeRoom(client, ada);
      const before = 300;
      const texts = Array.from({ length: before }, (_, index) => `first ${index}`);
      await Promise.all(texts.map((text) => send(client, { room: busy, from: ada }, text)));
      let isDone = false;
      const writing = (async () => {
        for (let index = 0; !isDone; index++) {
          const seq = BigInt(1 + ((index * 37) % before));
          const message = { roomId: busy.id, seq, text: `edited ${index}` };
          await Promise.allSettled([
            send(client, { room: busy, from: ada }, `later ${index}`),
            client.unary(updateMessage, { message, updateMask: { paths: ["text"] } }, ada),
            client.unary(deleteMessage, { roomId: busy.id, seq: BigInt(1 + ((index * 53) % before)) }, ada),
          ]);
        }
      })();
      const newest = (await roomOf(client, busy, ada)).lastSeq;
      for (const pageSize of [7, 100]) {
        assert.deepEqual(await walk("beforeSeq", newest + 1n, pageSize), seqsUpTo(Number(newest), -1));
        const forward = await walk("afterSeq", 1n, pageSize, newest);
        assert.deepEqual(
          forward.filter((seq) => seq <= Number(newest)),
          seqsUpTo(Number(newest)).slice(1),
        );
        assert.equal(new Set(forward).size, forward.length);
      }
      isDone = true;
      await writing;

      async function walk(
        direction: "beforeSeq" | "afterSeq",
        from: bigint,
        pageSize: number,
        until = 0n,
      ): Promise<number[]> {
        const seqs: number[] = [];
        let position = from;
        for (;;) {
          const history = await historyOf(
            client,
            { room: busy, by: ada },
            { [direction]: position, pageSize },
          );
          seqs.push(...seqsOf(history));
          position = history.messages.at(-1)?.seq ?? position;
          if (!history.hasMore || (until > 0n && position >= until)) return seqs;
        }
      }
    });

    test("what has changed since a revision comes in the order of the changes, each message once", async () => {
      const other = await makeRoom(client, ada);
      for (let index = 1; index <= 6; index++)
        await send(client, { room: other, from: ada }, `text ${index}`);
      const { revision } = await roomOf(client, other, ada);
      const edit = {
        message: { roomId: other.id, seq: 4n, text: "edited" },
        updateMask: { paths: ["text"] },
      };
      await client.unary(updateMessage, edit, ada);
      await client.unary(setReaction, { roomId: other.id, seq: 2n, emoji: "👍" }, ada);
      await client.unary(deleteMessage, { roomId: other.id, seq: 5n }, ada);
      await client.unary(setReaction, { roomId: other.id, seq: 2n, emoji: "👍", removed: true }, ada);
      await send(client, { room: other, from: ada }, "text 7");

      const since = { room: other, by: ada };
      const changed = await historyOf(client, since, { sinceRevision: revision });
      assert.deepEqual([seqsOf(changed), changed.hasMore], [[4, 5, 2, 7], false]);
      assert.equal(changed.roomRevision, revision + 5n);
      assert.equal(changed.messages.at(-1)?.revision, changed.roomRevision);
      const first = await historyOf(client, since, { sinceRevision: revision, pageSize: 2 });
      assert.deepEqual([seqsOf(first), first.hasMore], [[4, 5], true]);
      const next = first.messages.at(-1)?.revision ?? 0n;
      assert.deepEqual(seqsOf(await historyOf(client, since, { sinceRevision: next })), [2, 7]);
      assert.deepEqual(seqsOf(await historyOf(client, since, { sinceRevision: changed.roomRevision })), []);
    });

    test("threads and pinned messages are lists of their own", async () => {
      const other = await makeRoom(client, ada);
      const root = await send(client, { room: other, from: ada }, "root");
      for (let index = 0; index < 3; index++) {
        await send(client, { room: other, from: ada }, "beside it");
        await send(client, { room: other, from: ada }, { text: "in it", threadRootSeq: root.seq });
      }
      const by = { room: other, by: ada };
      const thread = { threadRootSeq: root.seq };
      assert.deepEqual(seqsOf(await historyOf(client, by, thread)), [7, 5, 3]);
      assert.deepEqual(seqsOf(await historyOf(client, by, { ...thread, afterSeq: 3n })), [5, 7]);
      assert.deepEqual(seqsOf(await historyOf(client, by, { ...thread, aroundSeq: 5n })), [3, 5, 7]);
      for (const seq of [6n, 2n, 5n]) {
        const pin = { message: { roomId: other.id, seq, pinned: true }, updateMask: { paths: ["pinned"] } };
        await client.unary(updateMessage, pin, ada);
      }
      assert.deepEqual(seqsOf(await historyOf(client, by, { pinnedOnly: true })), [6, 5, 2]);
      assert.deepEqual(seqsOf(await historyOf(client, by, { pinnedOnly: true, ...thread })), [5]);
      await client.unary(deleteMessage, { roomId: other.id, seq: 6n }, ada);
      assert.deepEqual(seqsOf(await historyOf(client, by, { pinnedOnly: true })), [5, 2]);
    });
  });
}

function seqsUpTo(last: number, step: 1 | -1 = 1): number[] {
  const seqs = Array.from({ length: last }, (_, index) => index + 1);
  return step === 1 ? seqs : seqs.reverse();
}
