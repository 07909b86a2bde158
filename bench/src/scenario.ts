import type { Chart } from "./chart.ts";
import type { Table } from "./report.ts";
import type { Runtime } from "./runtimes.ts";
import type { Target } from "./targets.ts";

export interface BenchOptions {
  /** How long each measurement takes, after its warm-up. */
  readonly seconds: number;
  /** How often each is repeated; the peers take turns within a round. */
  readonly rounds: number;
  /** How many listen where one room has many. */
  readonly listeners: number;
  /** What the servers run on, one after the other. */
  readonly runtimes: readonly Runtime[];
  /** What the load generator runs on. */
  readonly generatorRuntime: Runtime;
  /** Asks whether everything works, not for figures: less of everything that takes long. */
  readonly isShort: boolean;
  /** Says what is being measured now. */
  readonly progress: (line: string) => void;
}

export interface ScenarioResult {
  readonly table: Table;
  /** What the table leaves out or sums up, for the JSON. */
  readonly figures: unknown;
  readonly targets: readonly Target[];
  /** What a reader must know to read the figures right. */
  readonly notes: readonly string[];
  readonly charts?: readonly Chart[];
}

export interface Profile {
  readonly title: string;
  readonly table: Table;
}

/** One question to the server, and the peers that are asked the same in the same run. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Takes minutes: it is repeated a third as often as the others. */
  readonly isLong?: boolean;
  run(options: BenchOptions): Promise<ScenarioResult>;
  /** Where Confab's time goes under this load: one table for each of its threads. */
  profile(options: BenchOptions): Promise<readonly Profile[]>;
}
