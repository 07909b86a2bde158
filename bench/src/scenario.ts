import type { Table } from "./report.ts";
import type { Runtime } from "./runtimes.ts";

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
  /** Says what is being measured now. */
  readonly progress: (line: string) => void;
}

/** Something that was promised of a figure, and what was measured. */
export interface Target {
  readonly claim: string;
  readonly measured: number;
  readonly isMet: boolean;
}

export interface ScenarioResult {
  readonly table: Table;
  /** What the table leaves out or sums up, for the JSON. */
  readonly figures: unknown;
  readonly targets: readonly Target[];
  /** What a reader must know to read the figures right. */
  readonly notes: readonly string[];
}

export interface Profile {
  readonly title: string;
  readonly table: Table;
}

/** One question to the server, and the peers that are asked the same in the same run. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  run(options: BenchOptions): Promise<ScenarioResult>;
  /** Where Confab's time goes under this load: one table for each of its threads. */
  profile(options: BenchOptions): Promise<readonly Profile[]>;
}
