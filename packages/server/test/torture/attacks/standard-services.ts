import { health, reflection } from "@confab/protocol";
import type { Attack, Attacker, Stage } from "./stage.ts";

const { watch } = health.Health.method;
const { serverReflectionInfo } = reflection.ServerReflection.method;

/** A request with a name of this length is as long as the server takes. */
const NAME_CHARACTERS = 509;
const SYMBOL_CHARACTERS = 1_021;
/** Open streams of one address. */
const STREAMS = 20;
/** More than the limit of calls lets through: the rest waits, or ends the stream. */
const REQUESTS_AT_ONCE = 10;
/** A stream that asked for too much has ended, and its client does not read that: so it is replaced. */
const ROUNDS_OF_STREAM = 3;

const longName = "x".repeat(NAME_CHARACTERS);
const symbols = ["confab.v1.ChatService", "x".repeat(SYMBOL_CHARACTERS)];

/** Health and reflection ask for no token, so each attacker has an address. */
export const standardServicesAttacks: readonly Attack[] = [
  {
    name: "16 watches of long names, begun and cancelled",
    begin(stage) {
      stage.atLimit(1, async (attacker) => {
        const stream = attacker.client.serverStream(watch, { service: longName }, from(stage, attacker));
        stream.on("error", () => {});
        await new Promise((resolve) => stream.once("data", resolve).once("error", resolve));
        stream.cancel();
      });
    },
  },
  {
    name: "16 reflection that asks on and on and reads nothing",
    begin(stage) {
      const streams = new Map<string, ReturnType<typeof open>>();
      const open = (attacker: Attacker) =>
        attacker.client
          .bidi(serverReflectionInfo, from(stage, attacker))
          .on("error", () => {})
          .pause();
      stage.onEnd(() => {
        for (const stream of streams.values()) stream.cancel();
      });
      stage.atLimit(1, async (attacker, turn) => {
        const place = `${attacker.person.id} ${turn % STREAMS}`;
        const isNew = turn % (STREAMS * ROUNDS_OF_STREAM) < STREAMS;
        if (isNew) streams.get(place)?.cancel();
        const stream = (isNew ? null : streams.get(place)) ?? open(attacker);
        streams.set(place, stream);
        for (let count = 0; count < REQUESTS_AT_ONCE; count++) {
          const value = symbols[count % symbols.length] ?? "";
          stream.write({ messageRequest: { case: "fileContainingSymbol", value } });
        }
      });
    },
  },
];

function from({ attackers }: Stage, attacker: Attacker) {
  return { metadata: { "x-forwarded-for": `203.0.113.${1 + attackers.indexOf(attacker)}` } };
}
