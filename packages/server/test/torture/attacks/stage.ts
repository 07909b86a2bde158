import { setTimeout as after } from "node:timers/promises";
import type { TestClient } from "../../support/client.ts";
import type { Person } from "../../support/people.ts";
import type { World } from "./world.ts";

/** The calls that one address or account may ask in 20 s by default, all at once or evenly. */
const CALLS = 100;
const WINDOW_MS = 20_000;
/** Calls of one account that wait for their answers. */
const MAX_UNANSWERED = 40;

export interface Attacker {
  readonly person: Person;
  /** A connection of their own. */
  readonly client: TestClient;
}

interface StageParts {
  readonly address: string;
  readonly world: World;
  readonly attackers: readonly Attacker[];
  readonly regulars: readonly Attacker[];
  /** The number of times that the attack was made before. */
  readonly round: number;
}

/** One round of an attack. What it has opened is closed at its end. */
export class Stage implements StageParts, AsyncDisposable {
  readonly address: string;
  readonly world: World;
  readonly attackers: readonly Attacker[];
  readonly regulars: readonly Attacker[];
  readonly round: number;
  readonly #ending = new AbortController();
  readonly #opened = new Set<() => void>();
  readonly #running: Promise<unknown>[] = [];

  constructor({ address, world, attackers, regulars, round }: StageParts) {
    this.address = address;
    this.world = world;
    this.attackers = attackers;
    this.regulars = regulars;
    this.round = round;
  }

  get isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Closes something at the end of the round. */
  onEnd(close: () => void): void {
    if (this.isOver) close();
    else this.#opened.add(close);
  }

  /**
   * Each attacker acts as often as the limit of calls allows: those of even numbers all at once and then in the next
   * window, the others evenly.
   *
   * @param calls the number that one act counts as
   */
  atLimit(calls: number, act: (attacker: Attacker, turn: number) => Promise<unknown>): void {
    this.atPace({ count: Math.floor(CALLS / calls), windowMs: WINDOW_MS }, act);
  }

  atPace(
    { count, windowMs }: { readonly count: number; readonly windowMs: number },
    act: (attacker: Attacker, turn: number) => Promise<unknown>,
  ): void {
    for (const [index, attacker] of this.attackers.entries()) {
      const run = (turn: number) => act(attacker, turn);
      if (index % 2 === 0) this.inBursts({ count, windowMs }, run);
      else this.evenly(windowMs / count, run);
    }
  }

  /** Acts again and again in this time, however long each act takes. */
  evenly(intervalMs: number, act: (turn: number) => Promise<unknown>): void {
    let unanswered = 0;
    this.#run(async () => {
      for (let turn = 0; !this.isOver; turn++) {
        if (unanswered < MAX_UNANSWERED) {
          unanswered++;
          void act(turn)
            .catch(() => {})
            .finally(() => unanswered--);
        }
        await this.pause(intervalMs);
      }
    });
  }

  inBursts(
    { count, windowMs }: { readonly count: number; readonly windowMs: number },
    act: (turn: number) => Promise<unknown>,
  ): void {
    this.#run(async () => {
      let turn = 0;
      while (!this.isOver) {
        const window = this.pause(windowMs);
        const work = async (): Promise<void> => {
          while (!this.isOver && turn % count !== count - 1) await act(turn++).catch(() => {});
        };
        await Promise.all(Array.from({ length: MAX_UNANSWERED }, work));
        turn++;
        await window;
      }
    });
  }

  /** Waits, but not past the end of the round. */
  async pause(ms: number): Promise<void> {
    await after(ms, undefined, { signal: this.#ending.signal }).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    for (const close of this.#opened) close();
    await Promise.all(this.#running);
  }

  #run(work: () => Promise<void>): void {
    this.#running.push(work());
  }
}

/** Something that an attacker does, against one item of what nobody may do to others. */
export interface Attack {
  readonly name: string;
  /** Begins; it goes on until the stage ends. */
  begin(stage: Stage): Promise<void> | void;
}
