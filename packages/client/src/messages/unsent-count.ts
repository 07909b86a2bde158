import { Code, QuotaError } from "../errors.ts";
import { Source } from "../observable.ts";

/** Counts the unsent messages of all rooms, and limits them. */
export class UnsentCount {
  readonly value: Source<number>;
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
    this.value = new Source(() => this.#count);
  }

  /** @throws QuotaError `OUTBOX_FULL` */
  check(): void {
    if (this.#count < this.#max) return;
    const message = `${this.#max} messages are unsent already: wait until some of them are stored`;
    throw new QuotaError({ reason: "OUTBOX_FULL", code: Code.RESOURCE_EXHAUSTED, message });
  }

  add(count: number): void {
    if (count === 0) return;
    this.#count += count;
    this.value.changed();
  }
}
