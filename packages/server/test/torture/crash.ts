import { rmSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { simple } from "@confab/protocol";
import { Collector, TestClient } from "../support/client.ts";
import { Journal } from "../support/journal.ts";
import { readStored } from "../support/journal-rows.ts";
import { Load } from "../support/load.ts";
import type { Runtime } from "../support/runtimes.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { eventually } from "../support/wait.ts";
import type { Random } from "./random.ts";

const SENDS_PER_SECOND = 500;
const MIN_LIFE_MS = 300;
const MAX_LIFE_MS = 1_500;
/** A restart takes less than a tenth of it; the rest is for a slow machine. */
const MAX_RESTART_MS = 50_000;

/** One life of the server, from its start to `kill -9`. The counts are of all lives so far. */
export interface CrashRound {
  readonly round: number;
  readonly startMs: number;
  readonly lifeMs: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly stored: number;
  /** The number of messages a listener received in this life. */
  readonly heard: number;
  readonly problems: readonly string[];
}

export interface CrashOptions {
  readonly runtime: Runtime;
  readonly rounds: number;
  readonly random: Random;
  readonly onRound?: (round: CrashRound) => void;
}

/**
 * Kills the server again and again in the middle of many sends, on one data folder, and holds what is stored
 * after each kill against all that its clients were ever told.
 */
export async function crashAgainAndAgain(options: CrashOptions): Promise<readonly CrashRound[]> {
  const dataDir = temporaryFolder();
  const journal = new Journal();
  const rounds: CrashRound[] = [];
  try {
    for (let round = 1; round <= options.rounds; round++) {
      const lifeMs = Math.round(MIN_LIFE_MS + options.random() * (MAX_LIFE_MS - MIN_LIFE_MS));
      const result = await liveAndDie({ runtime: options.runtime, dataDir, journal, round, lifeMs });
      rounds.push(result);
      options.onRound?.(result);
    }
    return rounds;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Life {
  readonly runtime: Runtime;
  readonly dataDir: string;
  readonly journal: Journal;
  readonly round: number;
  readonly lifeMs: number;
}

async function liveAndDie({ runtime, dataDir, journal, round, lifeMs }: Life): Promise<CrashRound> {
  const startedAtMs = performance.now();
  await using server = await startServerProcess({ runtime, dataDir });
  const startMs = Math.round(performance.now() - startedAtMs);

  using client = new TestClient(server.address);
  const heard = new Collector(client.serverStream(simple.ChatService.method.receiveMessage, {}));
  const acknowledgedBefore = journal.acknowledgedCount;
  {
    await using _load = new Load(server.address, {
      journal,
      perSecond: SENDS_PER_SECOND,
      label: `r${round}`,
    });
    await eventually(() => journal.acknowledgedCount > acknowledgedBefore, "acknowledgement");
    await after(lifeMs);
    await server.stop("SIGKILL");
  }

  const stored = readStored(dataDir);
  const heardTexts = heard.messages.map((message) => message.text);
  const problems = [...stored.problems, ...journal.problemsWith(stored.texts)];
  if (!isRunOf(stored.texts, heardTexts)) problems.push("a listener heard what is not stored in that order");
  if (startMs > MAX_RESTART_MS) problems.push(`the start took ${startMs} ms`);
  return {
    round,
    startMs,
    lifeMs,
    sent: journal.sentCount,
    acknowledged: journal.acknowledgedCount,
    stored: stored.texts.length,
    heard: heardTexts.length,
    problems,
  };
}

/** True if `part` is a contiguous part of `whole`. */
function isRunOf(whole: readonly string[], part: readonly string[]): boolean {
  const [first] = part;
  if (first === undefined) return true;
  const start = whole.indexOf(first);
  return start !== -1 && part.every((text, index) => whole[start + index] === text);
}
