import type { FanOutConnection } from "./fan-out-connection.ts";
import type { FanOutInput } from "./fan-out-input.ts";
import type { Tally } from "./fan-out-tally.ts";
import { findNumberPlaces, writeNumber } from "./numbering.ts";

const SEND_TICK_MS = 1;

/** Sends a load's messages on one connection, at its rate and within its window. */
export class FanOutSender {
  readonly #connection: FanOutConnection;
  readonly #input: FanOutInput;
  readonly #tally: Tally;
  #nextAtMs = performance.now();
  readonly #timer = setInterval(() => this.#sendDue(), SEND_TICK_MS);

  constructor(connection: FanOutConnection, input: FanOutInput, tally: Tally) {
    this.#connection = connection;
    this.#input = input;
    this.#tally = tally;
  }

  /** Skips the messages that are overdue, so that they are not sent later. */
  skipOverdue(): void {
    this.#nextAtMs = Math.max(this.#nextAtMs, performance.now());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sendDue(): void {
    const { message, messageCountedBytes, numberOf } = this.#input;
    const rate = numberOf("rate");
    while (this.#maySend() && (rate === 0 || this.#nextAtMs <= performance.now())) {
      const numbered = Buffer.from(message);
      for (const place of findNumberPlaces(message)) {
        writeNumber(numbered, place, numberOf("first") + this.#tally.sent);
      }
      this.#tally.send();
      this.#connection.write(numbered, messageCountedBytes);
      if (rate > 0) this.#nextAtMs += 1_000 / rate;
    }
  }

  #maySend(): boolean {
    const { messageCountedBytes, numberOf } = this.#input;
    const { sent, finished, answered } = this.#tally;
    const inFlight = sent - (numberOf("answers") === 1 ? Math.min(finished, answered) : finished);
    if (inFlight >= numberOf("window") || sent >= numberOf("most")) return false;
    return numberOf("http2") === 0 || this.#connection.windowBytes >= messageCountedBytes;
  }
}
