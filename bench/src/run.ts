import type { Machine } from "./machine.ts";
import type { BenchOptions, Scenario, ScenarioResult } from "./scenario.ts";
import type { Target } from "./targets.ts";

/** What became of one scenario of a run. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  /** Null when it failed. */
  readonly result: ScenarioResult | null;
  /** Why it failed; empty when it didn't. */
  readonly failure: string;
  readonly tookSeconds: number;
  readonly rounds: number;
}

/** A whole run: what the overview, the JSON and the page are made from. */
export interface Run {
  readonly date: string;
  readonly machine: Machine;
  readonly options: Omit<BenchOptions, "progress">;
  readonly scenarios: readonly ScenarioRun[];
}

/** The promises that the overview is about: those that say what they were read from. */
export function promisesOf({ scenarios }: Run): readonly Required<Target>[] {
  return targetsOf(scenarios).flatMap((target) =>
    target.reading ? { ...target, reading: target.reading } : [],
  );
}

export function otherTargetsOf({ scenarios }: Run): readonly Target[] {
  return targetsOf(scenarios).filter(({ reading }) => !reading);
}

function targetsOf(scenarios: readonly ScenarioRun[]): readonly Target[] {
  return scenarios.flatMap(({ result }) => result?.targets ?? []);
}
