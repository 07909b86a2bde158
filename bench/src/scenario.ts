import type { Chart } from "./chart.ts";
import type { Runtime } from "./runtimes.ts";
import type { Table } from "./table.ts";
import type { Target } from "./targets.ts";

export interface BenchOptions {
  /** The length of each measurement, after its warm-up. */
  readonly seconds: number;
  /** Repetitions of each measurement. The peers take turns within a round. */
  readonly rounds: number;
  /** Listeners in scenarios where one room has many. */
  readonly listeners: number;
  /** The runtimes of the servers, one after the other. */
  readonly runtimes: readonly Runtime[];
  /** The runtime of the load generator. */
  readonly generatorRuntime: Runtime;
  /** Checks that everything works and does less of everything slow; the figures don't matter. */
  readonly isShort: boolean;
  /** Prints what is being measured now. */
  readonly progress: (line: string) => void;
}

export interface ScenarioResult {
  readonly table: Table;
  /** Raw figures for the JSON, including those that the table leaves out. */
  readonly figures: unknown;
  readonly targets: readonly Target[];
  /** Facts that a reader needs to read the figures right. */
  readonly notes: readonly string[];
  readonly charts?: readonly Chart[];
}

export interface Profile {
  readonly title: string;
  readonly table: Table;
}

/** One question to the server. Its peers answer the same question in the same run. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Takes minutes, so it is repeated a third as often as the others. */
  readonly isLong?: boolean;
  run(options: BenchOptions): Promise<ScenarioResult>;
  /** Shows where Confab's time goes under this load: one table for each of its threads. */
  profile(options: BenchOptions): Promise<readonly Profile[]>;
}
