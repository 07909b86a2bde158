import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { within } from "../../support/wait.ts";
import type { World } from "./world.ts";

/** A running server, and what is in its data folder. */
export interface Target {
  readonly address: string;
  readonly world: World;
}

export type HonestOrder = { readonly kind: "start"; readonly target: Target } | { readonly kind: "take" };
export type AttackOrder =
  | { readonly kind: "start"; readonly target: Target; readonly attack: string }
  | { readonly kind: "begin" }
  | { readonly kind: "end" };

/** Everything that the honest have seen since the last report, in milliseconds. */
export interface HonestReport {
  readonly sendMs: readonly number[];
  readonly readMs: readonly number[];
  readonly failures: readonly string[];
  readonly unanswered: number;
}

/** A process of one side, so that neither waits for the other's work. */
export class Side<Order> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(script: "honest" | "attacker") {
    this.#child = fork(fileURLToPath(new URL(`./${script}.js`, import.meta.url)));
    this.#exited = once(this.#child, "exit");
  }

  /** Gives an order, and resolves with the answer. */
  async ask(order: Order): Promise<unknown> {
    const answered = once(this.#child, "message");
    const died = this.#exited.then(() => Promise.reject(new Error("it exited")));
    died.catch(() => {});
    this.#child.send(order as object);
    const [answer] = await within(
      Promise.race([answered, died]),
      `answer to ${JSON.stringify(order).slice(0, 60)}`,
    );
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await this.#exited;
  }
}
