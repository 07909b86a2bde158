import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Actor } from "../../domain/access/callers.ts";
import type { RoomId } from "../../domain/ids.ts";
import { parseSearchQuery } from "../../domain/search/query.ts";
import { adapters, audit, makeRoom, makeUser, NOW_MS, newMessage, type Pair } from "./testing.ts";

const TEXTS = [
  "red green",
  "green red",
  "bluebird in 上海市",
  "État d’âme",
  "red",
  "it’s 100% \\ 'quoted' & @lobby",
];

for (const { name, skip, open } of adapters) {
  describe(`searching in ${name}`, { skip }, () => {
    let pair: Pair;
    let ada: Actor;
    let roomId: RoomId;
    before(async () => {
      pair = await open();
      ada = await makeUser(pair.one, "ada");
      roomId = await makeRoom(pair.one, ada);
      await pair.one.appendMessages(TEXTS.map((text) => newMessage(roomId, ada, text)));
    });
    after(() => pair[Symbol.asyncDispose]());

    async function find(asked: string, narrowed: { before?: number; limit?: number } = {}) {
      const words = parseSearchQuery(asked, "query");
      const query = {
        actor: ada,
        words,
        roomIds: [roomId],
        senderId: "",
        before: 0,
        limit: 10,
        nowMs: NOW_MS,
      };
      const { messages, next } = await pair.other.searchMessages({ ...query, ...narrowed });
      return { seqs: messages.map(({ message }) => message.seq), next };
    }

    test("words, phrases, beginnings and exclusions are found as the tokenizer has them, newest first", async () => {
      const expected: Readonly<Record<string, readonly number[]>> = {
        red: [5, 2, 1],
        '"red green"': [1],
        "red -green": [5],
        'red -"red green"': [5, 2],
        "blue*": [3],
        "blue red": [],
        上海: [3],
        etat: [4],
        "quoted lobby": [6],
        "@lobby": [6],
      };
      for (const [asked, seqs] of Object.entries(expected)) {
        assert.deepEqual((await find(asked)).seqs, seqs, asked);
      }
    });

    test("pages follow each other without a hole", async () => {
      const found: number[] = [];
      let before = 0;
      do {
        const page = await find("red", { before, limit: 1 });
        found.push(...page.seqs);
        before = page.next;
      } while (before > 0);
      assert.deepEqual(found, [5, 2, 1]);
    });

    test("an edit is found by its new words alone, and what is deleted by none", async () => {
      const [sent] = await pair.one.appendMessages([newMessage(roomId, ada, "amber")]);
      assert.ok(sent?.kind === "stored");
      const place = { actor: ada, roomId, seq: sent.seq, nowMs: NOW_MS };
      await pair.one.updateMessage({ ...place, text: "violet", expectedRevision: 0 });
      assert.deepEqual([(await find("amber")).seqs, (await find("violet")).seqs], [[], [sent.seq]]);
      await pair.one.deleteMessage({ ...place, audit: audit("message-deleted") });
      assert.deepEqual((await find("violet")).seqs, []);
    });
  });
}
