import type { LoadClient, OnAnswer, RepeatedCall } from "./measure.ts";
import { StreamCommands } from "./stream.ts";

/** The distance between the first numbers of two streams. */
const NUMBERS_PER_STREAM = 10_000_000;

/** Several streams of one account, each on its own connection. */
export class StreamPool implements LoadClient {
  readonly #streams: StreamCommands[] = [];
  /** The stream answered just now. The next command goes to it. */
  #answered: StreamCommands | undefined;
  #next = 0;

  private constructor() {}

  /** Resolves once every stream is ready. */
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
