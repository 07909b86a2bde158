import assert from "node:assert/strict";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { simple } from "@confab/protocol";
import { status } from "@grpc/grpc-js";
import { Collector, refusalOf, TestClient } from "./support/client.ts";
import { readStored } from "./support/journal-rows.ts";
import { hasStrace, needs } from "./support/needs.ts";
import { runtimes } from "./support/runtimes.ts";
import {
  runServerToExit,
  type ServerProcess,
  startServerProcess,
  temporaryFolder,
} from "./support/server-process.ts";
import {
  failingSyncs,
  fullDisk,
  isAnswer,
  isSyncOf,
  isWriteTo,
  readTrace,
  straceCommand,
} from "./support/strace.ts";
import { within } from "./support/wait.ts";
import { crashAgainAndAgain } from "./torture/crash.ts";
import { chooseSeed, seededRandom } from "./torture/random.ts";

const { sendMessage, receiveMessage } = simple.ChatService.method;
const WAL_HEADER_BYTES = 32;
const WAL_FRAME_BYTES = 24 + 4096;
const MAX_SENDS_ONE_BY_ONE = 200;
const PAGE_BYTES = 4096;

for (const runtime of runtimes) {
  describe(`durability on ${runtime}`, { timeout: 600_000 }, () => {
    /** The data folder of a server that was killed: `texts` are acknowledged, and most of them only in the log. */
    let killed: string;
    let texts: readonly string[];
    const folders: string[] = [];
    before(async () => {
      killed = newFolder();
      await using server = await startServerProcess({ runtime, dataDir: killed });
      const sent = Array.from({ length: 300 }, (_, index) => `message ${index} ${"x".repeat(index)}`);
      await sendAll(server, sent);
      await server.stop("SIGKILL");
      texts = readStored(killed).texts;
      assert.deepEqual(texts.toSorted(), sent.toSorted());
    });
    after(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });

    function newFolder(): string {
      const folder = temporaryFolder();
      folders.push(folder);
      return folder;
    }

    function copyOfKilled(): string {
      const folder = newFolder();
      for (const name of ["confab.db", "confab.db-wal"]) copyFileSync(join(killed, name), join(folder, name));
      return folder;
    }

    async function cleanlyStopped(): Promise<string> {
      const folder = copyOfKilled();
      await using server = await startServerProcess({ runtime, dataDir: folder });
      await server.stop("SIGTERM");
      return folder;
    }

    test("killed in the middle of 500 sends a second, it keeps each acknowledged message once and in order", async (t) => {
      const seed = chooseSeed();
      t.diagnostic(`CONFAB_TEST_SEED=${seed}`);
      const rounds = await crashAgainAndAgain({ runtime, rounds: 3, random: seededRandom(seed) });
      t.diagnostic(`it started in ${rounds.map(({ startMs }) => startMs).join(", ")} ms`);
      assert.deepEqual(
        rounds.flatMap((round) => round.problems),
        [],
      );
    });

    test("a torn end of the log costs nothing that was acknowledged", async () => {
      const log = readFileSync(join(killed, "confab.db-wal"));
      const firstFrame = log.subarray(WAL_HEADER_BYTES, WAL_HEADER_BYTES + WAL_FRAME_BYTES);
      const tails = {
        garbage: Buffer.alloc(10_000, 0xa5),
        "part of a frame": firstFrame.subarray(0, 2_000),
        "a whole frame that belongs elsewhere": firstFrame,
        zeros: Buffer.alloc(2 * WAL_FRAME_BYTES),
      };
      for (const [name, tail] of Object.entries(tails)) {
        const dataDir = copyOfKilled();
        appendFileSync(join(dataDir, "confab.db-wal"), tail);
        await using server = await startServerProcess({ runtime, dataDir });
        await sendAll(server, ["one more"]);
        await server.stop("SIGKILL");
        assert.deepEqual(readStored(dataDir), { texts: [...texts, "one more"], problems: [] }, name);
      }
    });

    test("a damaged database file is refused by its name", async () => {
      const damages: Record<string, (file: string) => void> = {
        "a page overwritten": (file) => overwrite(file, 4 * PAGE_BYTES, Buffer.alloc(100, 0x5a)),
        "bits flipped in the header": (file) => overwrite(file, 16, Buffer.alloc(8, 0xff)),
        truncated: (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
        "something else": (file) => writeFileSync(file, "This is not a database. ".repeat(1_000)),
      };
      const sound = await cleanlyStopped();
      for (const [name, damage] of Object.entries(damages)) {
        const dataDir = newFolder();
        const file = join(dataDir, "confab.db");
        copyFileSync(join(sound, "confab.db"), file);
        damage(file);
        const damaged = readFileSync(file);
        const { code, stderr } = await runServerToExit({ runtime, dataDir });
        assert.equal(code, 1, name);
        assert.ok(stderr.includes(file), `${name}: ${stderr}`);
        assert.match(stderr, /damaged/, name);
        assert.deepEqual(readFileSync(file), damaged, `${name}: the file is left as it was found`);
      }
    });

    test("a second process on the same data folder is refused, and the first goes on unharmed", async () => {
      const dataDir = newFolder();
      {
        await using first = await startServerProcess({ runtime, dataDir });
        await sendAll(first, ["before"]);
        const { code, stderr } = await runServerToExit({ runtime, dataDir });
        assert.equal(code, 1);
        assert.ok(stderr.includes(dataDir), stderr);
        assert.match(stderr, new RegExp(`pid ${first.process.pid}\\b`));
        await sendAll(first, ["after"]);
        await first.stop("SIGKILL");
      }
      await using next = await startServerProcess({ runtime, dataDir });
      using client = new TestClient(next.address);
      const stream = client.serverStream(receiveMessage, {});
      const messages = await new Collector(stream).atLeast(2);
      assert.deepEqual(
        messages.map((message) => message.text),
        ["before", "after"],
      );
      stream.cancel();
    });

    describe("as strace sees it", { skip: needs("strace", hasStrace) }, () => {
      test("each answer follows a sync that covers its row, and 64 sends at once share syncs", async (t) => {
        const traceFile = join(newFolder(), "trace");
        const alone = Array.from({ length: 20 }, (_, index) => `alone-${index}-`);
        const together = Array.from({ length: 64 }, (_, index) => `together-${index}-`);
        {
          await using server = await startServerProcess({
            runtime,
            dataDir: newFolder(),
            under: straceCommand(traceFile),
          });
          const traced = once(server.process, "close");
          for (const text of alone) await sendAll(server, [text]);
          await sendAll(server, together);
          await server.stop("SIGTERM");
          await within(traced, "end of the trace");
        }

        const calls = readTrace(traceFile);
        const syncs = calls.filter((call) => isSyncOf(call, "confab.db-wal") && call.result === 0);
        const answerTo = (text: string) => calls.find((call) => isAnswer(call) && call.args.includes(text));
        for (const text of [...alone, ...together]) {
          const row = calls.find((call) => isWriteTo(call, "confab.db-wal") && call.args.includes(text));
          const answer = answerTo(text);
          assert.ok(row && answer, `${text} was traced`);
          const covering = syncs.find((sync) => sync.start > row.end && sync.end < answer.start);
          assert.ok(covering, `${text} was synced before it was answered`);
        }
        const lastAlone = answerTo(alone.at(-1) ?? "")?.start ?? 0;
        const lastTogether = Math.max(...together.map((text) => answerTo(text)?.start ?? 0));
        const shared = syncs.filter((sync) => sync.start > lastAlone && sync.start < lastTogether);
        t.diagnostic(`64 sends at once shared ${shared.length} syncs`);
        assert.ok(shared.length <= 16, `${shared.length} syncs for 64 sends`);
      });

      /** A data folder whose tables are there: what a start writes and syncs is not what is counted. */
      async function folderInUse(): Promise<string> {
        const dataDir = newFolder();
        await using server = await startServerProcess({ runtime, dataDir });
        assert.equal(await server.stop("SIGTERM"), 0);
        return dataDir;
      }

      test("once a sync fails nothing more is acknowledged, and the process gives up", async () => {
        const dataDir = await folderInUse();
        await using server = await startServerProcess({ runtime, dataDir, under: failingSyncs(40) });
        const exited = once(server.process, "exit");
        using client = new TestClient(server.address);
        const acknowledged: string[] = [];
        const refusal = await refusalOf(sendOneByOne(client, acknowledged));
        assert.deepEqual([refusal.code, refusal.reason], [status.UNAVAILABLE, "STORAGE_ERROR"]);
        assert.deepEqual(await within(exited, "exit"), [1, null]);

        const stored = readStored(dataDir);
        assert.deepEqual(stored.problems, []);
        assert.ok(acknowledged.length > 0);
        assert.deepEqual(stored.texts.slice(0, acknowledged.length), acknowledged);
        assert.ok(
          stored.texts.length <= acknowledged.length + 1,
          "what was not acknowledged is there at most once",
        );
      });

      test("while the disk is full sends are refused, and after that it goes on without a restart", async (t) => {
        const dataDir = await folderInUse();
        const under = fullDisk(join(dataDir, "confab.db-wal"), 200, 202);
        await using server = await startServerProcess({ runtime, dataDir, under });
        using client = new TestClient(server.address);
        const acknowledged: string[] = [];
        const refusal = await refusalOf(sendOneByOne(client, acknowledged));
        assert.deepEqual([refusal.code, refusal.reason], [status.UNAVAILABLE, "STORAGE_FULL"]);
        assert.ok(refusal.retryAfterMs);
        const tries = await retryUntilStored(client, "after");
        t.diagnostic(`stored on try ${tries}`);
        await server.stop("SIGKILL");
        assert.deepEqual(readStored(dataDir), { texts: [...acknowledged, "after"], problems: [] });
      });
    });
  });
}

/** Sends all of them at once, on one connection. @throws ServiceError when one is not acknowledged */
async function sendAll(server: ServerProcess, texts: readonly string[]): Promise<void> {
  using client = new TestClient(server.address);
  await Promise.all(texts.map((text) => client.unary(sendMessage, { userName: "ada", text })));
}

/** Notes what is acknowledged. @throws ServiceError for the first send that isn't */
async function sendOneByOne(client: TestClient, acknowledged: string[]): Promise<void> {
  for (let number = 0; number < MAX_SENDS_ONE_BY_ONE; number++) {
    const { text } = await client.unary(sendMessage, { userName: "ada", text: `message ${number}` });
    acknowledged.push(text);
  }
}

/** Resolves with the number of tries that it took. @throws ServiceError when the last try is refused too */
async function retryUntilStored(client: TestClient, text: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      await client.unary(sendMessage, { userName: "ada", text });
      return tries;
    } catch (error) {
      if (tries === MAX_SENDS_ONE_BY_ONE) throw error;
    }
  }
}

function overwrite(file: string, offset: number, bytes: Buffer): void {
  const content = readFileSync(file);
  bytes.copy(content, offset);
  writeFileSync(file, content);
}
