import { join } from "node:path";
import { simple } from "@confab/protocol";
import { makeDataFolder } from "../disk.ts";
import { ConfabClient } from "../peers/client.ts";
import { startConfab } from "../peers/confab.ts";
import type { Runtime } from "../runtimes.ts";
import type { BenchOptions, Scenario } from "../scenario.ts";
import { significant } from "../statistics.ts";

const TRIES = 200;
/** What a name's existence may show in the mean time of a refusal (OWASP: answer alike, in like time). */
const MAX_DIFFERENCE = 0.05;
const KNOWN = "bench";

interface SignInFigure {
  readonly runtime: Runtime;
  readonly wrongPasswordMs: number;
  readonly unknownNameMs: number;
  readonly differenceOfMeans: number;
}

/** Whether the time of a refusal tells which names exist. */
export const signInTiming: Scenario = {
  name: "sign-in",
  summary: "the mean time of a refused Login: a wrong password beside an unknown name",

  async run(options) {
    const figures: SignInFigure[] = [];
    for (const runtime of options.runtimes) figures.push(await measureRuntime(runtime, options));
    return {
      table: {
        columns: ["runtime", "wrong password ms", "unknown name ms", "difference"],
        rows: figures.map((figure) => [
          figure.runtime,
          figure.wrongPasswordMs.toFixed(2),
          figure.unknownNameMs.toFixed(2),
          `${(figure.differenceOfMeans * 100).toFixed(1)} %`,
        ]),
      },
      figures,
      targets: figures.map(({ runtime, differenceOfMeans }) => ({
        claim: `on ${runtime}: the means differ by less than ${MAX_DIFFERENCE}`,
        measured: differenceOfMeans,
        isMet: differenceOfMeans < MAX_DIFFERENCE,
      })),
      notes: [`${TRIES} tries of each, in turn, one at a time.`],
    };
  },

  profile: () => Promise.resolve([]),
};

async function measureRuntime(runtime: Runtime, options: BenchOptions): Promise<SignInFigure> {
  using folder = makeDataFolder();
  await using confab = await startConfab({ runtime, dataFolder: join(folder.path, runtime) });
  using client = new ConfabClient(confab.port);
  await client.register(KNOWN);
  options.progress(`${runtime}: ${2 * TRIES} sign-ins`);
  const timeOf = async (name: string): Promise<number> => {
    const startedAtMs = performance.now();
    await client.unary(simple.UserService.method.login, { name, password: "not this one" }).catch(() => {});
    return performance.now() - startedAtMs;
  };
  let known = 0;
  let unknown = 0;
  for (let count = 0; count < TRIES; count++) {
    known += await timeOf(KNOWN);
    unknown += await timeOf(`nobody-${count}`);
  }
  return {
    runtime,
    wrongPasswordMs: significant(known / TRIES),
    unknownNameMs: significant(unknown / TRIES),
    differenceOfMeans: significant(Math.abs(known - unknown) / Math.max(known, unknown)),
  };
}
