import type { LoadClient, OnAnswer, RepeatedCall } from "./measure.ts";
import { StreamCommands } from "./stream.ts";

/** Between the numbers of two streams' commands. */
const NUMBERS_PER_STREAM = 10_000_000;

/** Several clients of one account, each with a connection and a `Connect` stream of its own. */
export class StreamPool implements LoadClient {
  readonly #streams: StreamCommands[] = [];
  /** The one that has just been answered: it is what gives the next command. */
  #answered: StreamCommands | undefined;
  #next = 0;

  private constructor() {}

  /** Resolves once the server has said of all of them that they are ready. */
  static async open(
    port: number,
    { call, count, onAnswer }: { call: RepeatedCall; count: number; onAnswer: OnAnswer },
  ): Promise<StreamPool> {
    const pool = new StreamPool();
    for (let index = 0; index < count; index++) {
      const stream = await StreamCommands.open(
        port,
        { ...call, firstNumber: index * NUMBERS_PER_STREAM },
        (answer) => {
          pool.#answered = stream;
          onAnswer(answer);
          pool.#answered = undefined;
        },
      );
      pool.#streams.push(stream);
    }
    return pool;
  }

  get failed(): Promise<never> {
    return Promise.race(this.#streams.map(({ failed }) => failed));
  }

  start(): void {
    const stream = this.#answered ?? this.#streams[this.#next++ % this.#streams.length];
    stream?.start();
  }

  flush(): void {
    for (const stream of this.#streams) stream.flush();
  }

  [Symbol.dispose](): void {
    for (const stream of this.#streams) stream[Symbol.dispose]();
  }
}
