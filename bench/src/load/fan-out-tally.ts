import { Histogram } from "./histogram.ts";
import type { Percentiles } from "./listener-program.ts";

/** Collects durations and the longest of them. */
class Times {
  readonly #histogram = new Histogram();
  #mostMs = 0;

  record(ms: number): void {
    this.#histogram.record(ms);
    this.#mostMs = Math.max(this.#mostMs, ms);
  }

  percentiles(): Percentiles {
    return {
      p50: this.#histogram.percentile(0.5),
      p99: this.#histogram.percentile(0.99),
      max: this.#mostMs,
    };
  }
}

/** Counts the listeners that each message has reached, and the time it took. */
export class Tally {
  readonly deliveryTimes = new Times();
  readonly lastTimes = new Times();
  readonly answerTimes = new Times();
  readonly #listeners: number;
  /** By message number, from 0: the time it was sent. `#outstanding` counts the listeners still without it. */
  readonly #sentAtMs: number[] = [];
  readonly #outstanding: number[] = [];
  #firstMeasured = Number.POSITIVE_INFINITY;
  #endMeasured = Number.POSITIVE_INFINITY;
  finished = 0;
  answered = 0;
  deliveries = 0;
  /** Deliveries that were not the successor of the one before. */
  disorder = 0;

  constructor(listeners: number) {
    this.#listeners = listeners;
  }

  get sent(): number {
    return this.#sentAtMs.length;
  }

  get missing(): number {
    return this.sent * this.#listeners - this.deliveries;
  }

  get measuredMessages(): number {
    return this.#endMeasured - this.#firstMeasured;
  }

  beginMeasuring(): void {
    this.#firstMeasured = this.sent;
  }

  endMeasuring(): void {
    this.#endMeasured = this.sent;
  }

  /** Counts a message as sent now. */
  send(): void {
    this.#sentAtMs.push(performance.now());
    this.#outstanding.push(this.#listeners);
  }

  /** Returns a function that counts one listener's messages. */
  listener(): (number: number) => void {
    let next = 0;
    return (number) => {
      const left = this.#outstanding[number];
      if (left === undefined) return;
      this.deliveries++;
      if (number !== next) this.disorder++;
      next = number + 1;
      if (left === 0) return;
      this.#outstanding[number] = left - 1;
      this.#record(this.deliveryTimes, number);
      if (left > 1) return;
      this.finished++;
      this.#record(this.lastTimes, number);
    };
  }

  answer(number: number): void {
    if (number < 0 || number >= this.sent) return;
    this.answered++;
    this.#record(this.answerTimes, number);
  }

  #record(times: Times, number: number): void {
    if (number < this.#firstMeasured || number >= this.#endMeasured) return;
    times.record(performance.now() - (this.#sentAtMs[number] ?? Number.NaN));
  }
}
