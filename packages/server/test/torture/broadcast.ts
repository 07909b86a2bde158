import { simple } from "@confab/protocol";
import { TestClient } from "../support/client.ts";

const { sendMessage } = simple.ChatService.method;

/** Sends numbered texts of one size, one after the other, so that what a listener missed shows. */
export class Broadcast implements Disposable {
  readonly #client: TestClient;
  readonly #padding: string;
  readonly #sentAtMs: number[] = [];

  constructor(address: string, textBytes: number) {
    this.#client = new TestClient(address);
    this.#padding = "x".repeat(textBytes - 8);
  }

  /** The number of messages sent. Numbers start at 0. */
  get count(): number {
    return this.#sentAtMs.length;
  }

  sentAtMs(number: number): number {
    return this.#sentAtMs[number] ?? Number.NaN;
  }

  async send(): Promise<void> {
    const number = this.#sentAtMs.push(performance.now()) - 1;
    const text = `${String(number).padStart(7)} ${this.#padding}`;
    await this.#client.unary(sendMessage, { userName: "broadcast", text });
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

/** The number in a text of a `Broadcast`. */
export function numberOf(text: string): number {
  return Number(text.slice(0, 7));
}

/** Checks that numbers rise by one, from wherever they begin. */
export class Sequence {
  first: number | null = null;
  next = 0;
  readonly problems: string[] = [];

  add(number: number): void {
    if (this.first === null) this.first = number;
    else if (number !== this.next) this.problems.push(`${number} came in place of ${this.next}`);
    this.next = number + 1;
  }
}
