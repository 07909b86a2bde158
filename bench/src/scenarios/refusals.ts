import { simple } from "@confab/protocol";
import type { ConfabClient } from "../peers/client.ts";
import { significant } from "../statistics.ts";

/** The time of a refusal for a name that exists and for one that doesn't. */
export interface RefusalFigure {
  readonly wrongPasswordMs: number;
  readonly unknownNameMs: number;
  readonly differenceOfMeans: number;
}

/** Tries both in turn, one at a time. `known` is a name that exists. */
export async function measureRefusals(
  client: ConfabClient,
  known: string,
  tries: number,
): Promise<RefusalFigure> {
  const timeOf = async (name: string): Promise<number> => {
    const startedAtMs = performance.now();
    await client.unary(simple.UserService.method.login, { name, password: "not this one" }).catch(() => {});
    return performance.now() - startedAtMs;
  };
  let wrongMs = 0;
  let unknownMs = 0;
  for (let count = 0; count < tries; count++) {
    wrongMs += await timeOf(known);
    unknownMs += await timeOf(`nobody-${count}`);
  }
  return {
    wrongPasswordMs: significant(wrongMs / tries),
    unknownNameMs: significant(unknownMs / tries),
    differenceOfMeans: significant(Math.abs(wrongMs - unknownMs) / Math.max(wrongMs, unknownMs)),
  };
}
