import type { MessageInitShape } from "@bufbuild/protobuf";
import { simple } from "@confab/protocol";
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { TestClient } from "./client.ts";
import type { Journal } from "./journal.ts";
import { HANG_MS } from "./wait.ts";

const { sendMessage, chat } = simple.ChatService.method;

const TICK_MS = 10;
const UNARY_CLIENTS = 4;
const CHAT_CLIENTS = 2;
/** Past this many unanswered calls the load waits for the server. */
const MAX_IN_FLIGHT = 2_000;

export interface LoadOptions {
  readonly journal: Journal;
  readonly perSecond: number;
  /** The beginning of each text, to tell rounds apart. */
  readonly label: string;
}

/**
 * Sends at a steady rate from several clients, two thirds by SendMessage and one third on Chat streams, and
 * notes everything in the journal. What comes back on a Chat stream has thereby been acknowledged.
 */
export class Load implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #clients: readonly TestClient[];
  readonly #streams: readonly Stream[];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #startedAtMs = performance.now();
  readonly #ticks: NodeJS.Timeout;
  #sent = 0;

  constructor(address: string, options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: UNARY_CLIENTS + CHAT_CLIENTS }, () => new TestClient(address));
    this.#streams = this.#clients
      .slice(UNARY_CLIENTS)
      .map((client, index) =>
        openChat(client, { journal: options.journal, name: `${options.label} chat-${index}` }),
      );
    this.#ticks = setInterval(() => this.#sendWhatIsDue(), TICK_MS);
  }

  /** Stops sending, for example because the server is no more, and waits for every call to be answered or fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticks);
    await Promise.all(this.#inFlight);
    for (const { call } of this.#streams) call.cancel();
    for (const client of this.#clients) client[Symbol.dispose]();
  }

  #sendWhatIsDue(): void {
    const elapsedMs = performance.now() - this.#startedAtMs;
    const due = Math.floor((elapsedMs * this.#options.perSecond) / 1_000);
    while (this.#sent < due && this.#inFlight.size < MAX_IN_FLIGHT) this.#send(this.#sent++);
  }

  #send(number: number): void {
    const { label, journal } = this.#options;
    const text = `${label} ${number} ${"·".repeat(number % 300)}`;
    const turn = number % this.#clients.length;
    const stream = this.#streams[turn - UNARY_CLIENTS];
    if (stream) {
      if (stream.call.destroyed || stream.call.writableEnded) return;
      journal.sent(text, stream.name);
      stream.call.write({ userName: "load", text });
      return;
    }
    journal.sent(text, null);
    const call = this.#clients[turn]
      ?.unary(sendMessage, { userName: "load", text }, { deadline: Date.now() + HANG_MS })
      .then(
        () => journal.acknowledged(text),
        () => {},
      );
    if (!call) return;
    this.#inFlight.add(call);
    void call.finally(() => this.#inFlight.delete(call));
  }
}

interface Stream {
  readonly name: string;
  readonly call: ClientDuplexStream<MessageInitShape<typeof simple.MessageSchema>, simple.Message>;
}

function openChat(client: TestClient, { journal, name }: { journal: Journal; name: string }): Stream {
  const call = client.bidi(chat);
  call.on("error", () => call.destroy());
  call.on("data", ({ text }: simple.Message) => journal.acknowledged(text));
  return { name, call };
}
