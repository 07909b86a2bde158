/** A process of attackers: ten accounts, and callers without one. It gives way to all other processes of the machine. */
import { setPriority } from "node:os";
import { TestClient } from "../../support/client.ts";
import { signIn } from "../../support/people.ts";
import { attacks, Stage } from "./attacks.ts";
import type { AttackOrder, Target } from "./processes.ts";

/** An attacker's own work would otherwise take the place of the server's: it would be done on another machine. */
setPriority(19);
/** Whatever the server does to a call of the attack is fine. */
process.on("unhandledRejection", () => {});

let start: (() => Promise<void>) | null = null;
let stage: Stage | null = null;
let round = 0;

process.on("message", (order: AttackOrder) => {
  obey(order).then(
    () => process.send?.("done"),
    (error: unknown) => {
      process.stderr.write(`${error}\n`);
      process.exit(1);
    },
  );
});

async function obey(order: AttackOrder): Promise<void> {
  switch (order.kind) {
    case "start":
      start = await prepare(order.target, order.attack);
      return;
    case "begin":
      await start?.();
      return;
    case "end":
      await stage?.[Symbol.asyncDispose]();
      return;
    default:
      order satisfies never;
  }
}

async function prepare({ address, world }: Target, name: string): Promise<() => Promise<void>> {
  const attack = attacks.find((known) => known.name === name);
  if (!attack) throw new Error(`there is no attack ${name}`);
  const people = await Promise.all(
    [...world.attackers, ...world.regulars].map(async (handle) => {
      const client = new TestClient(address);
      return { client, person: await signIn(client, handle) };
    }),
  );
  const attackers = people.slice(0, world.attackers.length);
  const regulars = people.slice(world.attackers.length);
  return async () => {
    stage = new Stage({ address, world, attackers, regulars, round: round++ });
    await attack.begin(stage);
  };
}
