/** A process of people who do no harm: they send evenly, read now and then, and say how long that took. */
import { TestClient } from "../../support/client.ts";
import { LiveReader } from "../../support/live-reader.ts";
import { historyOf, send } from "../../support/messages.ts";
import { type Person, signIn } from "../../support/people.ts";
import { cursorsBehind, openStream, readUntilReady } from "./behind.ts";
import type { HonestOrder, HonestReport, Target } from "./processes.ts";
import type { World } from "./world.ts";

/** All together; each of them stays below the default limit of two messages a second. */
const SEND_INTERVAL_MS = 50;
const READ_INTERVAL_MS = 500;
const TEXT_CHARACTERS = 16_000;
const PAYLOAD_BYTES = 32_000;
const CATCH_UPS = 4;
/** Streams of each that begin together, as after a broken network. */
const RECONNECTING = 15;

let report = { sendMs: [] as number[], readMs: [] as number[], failures: [] as string[] };
let unanswered = 0;

process.on("message", (order: HonestOrder) => {
  if (order.kind === "start") {
    void start(order.target).then(() => process.send?.("started"));
    return;
  }
  const taken: HonestReport = { ...report, unanswered };
  report = { sendMs: [], readMs: [], failures: [] };
  process.send?.(taken);
});

async function start({ address, world }: Target): Promise<void> {
  const client = new TestClient(address);
  const people = await Promise.all(world.honest.map((handle) => signIn(client, handle)));
  const [first] = people;
  if (!first) throw new Error("nobody is honest");
  await LiveReader.open(client, first);
  const room = { id: world.talk };
  await Promise.all(people.map((person) => useMuch({ client, world }, person)));
  every(SEND_INTERVAL_MS, (turn) =>
    timed("sendMs", async () => {
      const from = people[turn % people.length] ?? first;
      await send(client, { room, from }, `message ${turn}`);
    }),
  );
  every(READ_INTERVAL_MS, (turn) =>
    timed("readMs", async () => {
      const by = people[turn % people.length] ?? first;
      await historyOf(client, { room, by }, { pageSize: 20 });
    }),
  );
}

/**
 * Sends a large message, as many as each may beside the others, catches up with much, and reconnects at once. Before a
 * runtime frees any of that it takes far more memory than it needs: V8, for one, lets 64 MiB of buffers gather. So an
 * attack is compared with the most that this takes.
 */
async function useMuch(
  { client, world }: { readonly client: TestClient; readonly world: World },
  person: Person,
): Promise<void> {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  const message = { text: "a ".repeat(TEXT_CHARACTERS / 2), payload, payloadType: "a/b" };
  await send(client, { room: { id: world.talk }, from: person }, message);
  for (let read = 0; read < CATCH_UPS; read++) {
    await readUntilReady(openStream(client, person, cursorsBehind(world)));
  }
  const streams = Array.from({ length: RECONNECTING }, () => openStream(client, person, []));
  await Promise.all(streams.map(readUntilReady));
}

async function timed(list: "sendMs" | "readMs", act: () => Promise<void>): Promise<void> {
  const startedAtMs = performance.now();
  unanswered++;
  try {
    await act();
    report[list].push(performance.now() - startedAtMs);
  } catch (error) {
    report.failures.push(String(error));
  }
  unanswered--;
}

function every(intervalMs: number, act: (turn: number) => Promise<void>): void {
  let turn = 0;
  setInterval(() => void act(turn++), intervalMs);
}
