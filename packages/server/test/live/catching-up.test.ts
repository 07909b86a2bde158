import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { v1 } from "@confab/protocol";
import { TestClient } from "../support/client.ts";
import { LiveReader, Replicas } from "../support/live-reader.ts";
import { type Person, register } from "../support/people.ts";
import { openRoomWith, post, readHistory } from "../support/room-acts.ts";
import { runtimes } from "../support/runtimes.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";

const { setReaction, updateMessage } = v1.ChatService.method;

const ROUNDS = 200;
const SENDS = 1_000;
/** The server sends up to this many missed changes of a room, and a snapshot instead of more. */
const MAX_REVISIONS_BEHIND = 10_000;

for (const runtime of runtimes) {
  describe(`catching up, then live, on ${runtime}`, () => {
    let server: ServerProcess;
    let client: TestClient;
    let ada: Person;
    let grace: Person;
    before(async () => {
      server = await startServerProcess({ runtime });
      client = new TestClient(server.address);
      ada = await register(client, "ada");
      grace = await register(client, "grace");
    });
    after(async () => {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    });

    const newRoom = () => openRoomWith(client, ada, grace);

    test(`${ROUNDS} times begun in the middle of ${SENDS} sends: no hole and no overlap`, async () => {
      const roomId = await newRoom();
      using sender = await LiveReader.open(client, ada);
      const kept = new Replicas();
      using first = await LiveReader.open(client, grace, { replicas: kept });
      first[Symbol.dispose]();
      for (let round = 1; round <= ROUNDS; round++) {
        const last = BigInt(round * SENDS);
        for (let sent = 0; sent < SENDS; sent++) {
          sender.send(sent === SENDS - 1 ? `${round}` : "", { roomId, text: "x" });
        }
        await sleep(Math.random() * 60);
        // One starts without cursors, the other goes on from where it was a round ago.
        using fresh = new LiveReader(client, grace);
        using resumed = new LiveReader(client, grace, { replicas: kept });
        const heardBefore = kept.heard.length;
        for (const reader of [fresh, resumed]) {
          await reader.until(
            () => (reader.replicas.rooms.get(roomId)?.revision ?? 0n) >= last + 3n,
            "the last",
          );
        }
        const begun = fresh.frames.find(({ frame }) => frame.case === "room" && frame.value.id === roomId);
        assert.ok(begun?.frame.case === "room");
        assertRange(fresh.replicas, begun.frame.value.lastSeq + 1n, last);
        assertRange(kept, last - BigInt(SENDS) + 1n, last, heardBefore);
        await sender.result(`${round}`);
        sender.frames.length = 0;
        sender.replicas.heard.length = 0;
        sender.replicas.get(roomId).messages.clear();
        kept.get(roomId).messages.clear();
      }
    });

    test("a reader that stops reading costs a bounded queue, is not cut, and misses nothing", async () => {
      const roomId = await newRoom();
      // On a connection of its own: what one stream doesn't take holds up all others of a connection.
      using slowClient = new TestClient(server.address);
      using slow = await LiveReader.open(slowClient, grace);
      using healthy = await LiveReader.open(client, ada);
      slow.pause();
      const text = "x".repeat(16_000);
      for (let sent = 1; sent <= 400; sent++) {
        healthy.send(`${sent}`, { roomId, text: `${sent} ${text}` });
        if (sent % 50 === 0) await healthy.result(`${sent}`);
      }
      await healthy.until(() => healthy.replicas.get(roomId).messages.size === 400);
      assert.ok(slow.replicas.heard.length < 400);
      slow.resume();
      await slow.until(() => slow.replicas.get(roomId).messages.size === 400);
      assertRange(slow.replicas, 1n, 400n);
      await post(client, ada, roomId, "live again");
      await slow.until(() => slow.replicas.get(roomId).messages.has(401n));
      assert.deepEqual(slow.replicas.problems, []);
      assert.deepEqual(slow.replicas.gaps, []);
    });

    test("a reader too far behind gets a gap and the room as it stands; pages close the gap", async () => {
      const roomId = await newRoom();
      const replicas = new Replicas();
      using first = await LiveReader.open(client, grace, { replicas });
      await post(client, ada, roomId, "the first");
      await first.until(() => replicas.get(roomId).messages.size === 1);
      first[Symbol.dispose]();
      using sender = await LiveReader.open(client, ada);
      for (let sent = 1; sent <= MAX_REVISIONS_BEHIND; sent++) {
        sender.send(sent === MAX_REVISIONS_BEHIND ? "last" : "", { roomId, text: `message ${sent}` });
      }
      await sender.result("last");
      await client.unary(
        updateMessage,
        { message: { roomId, seq: 1n, text: "edited" }, updateMask: { paths: ["text"] } },
        ada,
      );
      const { revision } = replicas.get(roomId);
      using again = await LiveReader.open(client, grace, { replicas });
      assert.equal(again.ready?.outcome, v1.ResumeOutcome.PARTIAL);
      const [gap] = replicas.gaps;
      assert.deepEqual(
        [gap?.roomId, gap?.fromRevision, gap?.toRevision, gap?.reason],
        [roomId, revision, revision + 10_001n, v1.GapReason.TOO_FAR_BEHIND],
      );
      assert.equal(replicas.get(roomId).revision, gap?.toRevision);
      const missed = await readChangesSince(client, grace, roomId, revision);
      assert.equal(missed.length, MAX_REVISIONS_BEHIND + 1);
      assert.deepEqual([missed[0]?.seq, missed.at(-1)?.seq, missed.at(-1)?.text], [2n, 1n, "edited"]);
      assert.ok(missed.every((message, index) => message.revision > (missed[index - 1]?.revision ?? 0n)));
    });

    test("a reader that comes back again and again in the middle of changes ends with what there is", async () => {
      const roomId = await newRoom();
      const replicas = new Replicas();
      using begun = await LiveReader.open(client, grace, { replicas });
      begun[Symbol.dispose]();
      using sender = await LiveReader.open(client, ada);
      let isOver = false;
      const changing = (async () => {
        for (let round = 0; round < 40; round++) {
          for (let sent = 0; sent < 25; sent++) sender.send(`${round}-${sent}`, { roomId, text: `${round}` });
          await sender.result(`${round}-24`);
          const seq = BigInt(1 + Math.floor(Math.random() * (round + 1) * 25));
          await client.unary(setReaction, { roomId, seq, emoji: "🎉" }, ada);
          await client.unary(
            updateMessage,
            { message: { roomId, seq, text: `edited ${round}` }, updateMask: { paths: ["text"] } },
            ada,
          );
        }
        isOver = true;
      })();
      while (!isOver) {
        using reader = await LiveReader.open(client, grace, { replicas });
        await sleep(Math.random() * 30);
        reader[Symbol.dispose]();
      }
      await changing;
      using _last = await LiveReader.open(client, grace, { replicas });
      assert.deepEqual(replicas.problems, []);
      const stored = await readHistory(client, grace, roomId);
      const { messages } = replicas.get(roomId);
      assert.equal(messages.size, 1_000);
      for (const [seq, message] of messages) {
        const { text, revision, reactions } = stored.get(seq) ?? {};
        assert.deepEqual(
          { text: message.text, revision: message.revision, reactions: message.reactions },
          { text, revision, reactions },
          `message ${seq}`,
        );
      }
      assert.equal(stored.size, 1_000);
    });
  });
}

/** Checks that a reader has heard of each message from one to another once and in order, and of no other. */
function assertRange({ heard, problems }: Replicas, first: bigint, last: bigint, from = 0): void {
  assert.deepEqual(problems, []);
  const seqs = heard.slice(from).map(({ seq }) => seq);
  const count = Number(last - first + 1n);
  assert.equal(seqs.length, count, `${seqs.length} messages between ${first} and ${last}`);
  for (let index = 0; index < count; index++) assert.equal(seqs[index], first + BigInt(index));
}

async function readChangesSince(
  client: TestClient,
  person: Person,
  roomId: string,
  revision: bigint,
): Promise<v1.Message[]> {
  const found: v1.Message[] = [];
  for (let sinceRevision = revision; ; ) {
    const { messages, hasMore } = await client.unary(
      v1.ChatService.method.listMessages,
      { roomId, sinceRevision, pageSize: 100 },
      person,
    );
    found.push(...messages);
    sinceRevision = found.at(-1)?.revision ?? 0n;
    if (!hasMore) return found;
  }
}
