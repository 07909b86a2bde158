import type { Machine } from "./machine.ts";
import type { BenchOptions, Scenario, ScenarioResult } from "./scenario.ts";
import type { Target } from "./targets.ts";

/** The outcome of one scenario in a run. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  /** Null when it failed. */
  readonly result: ScenarioResult | null;
  /** The reason for the failure; empty if there was none. */
  readonly failure: string;
  readonly tookSeconds: number;
  readonly rounds: number;
}

/** A whole run: the source of the overview, the JSON and the page. */
export interface Run {
  readonly date: string;
  readonly machine: Machine;
  readonly options: Omit<BenchOptions, "progress">;
  readonly scenarios: readonly ScenarioRun[];
}

/** The promises of the overview: those with a reading. */
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
