/** One step in opening a connection: the bytes to send, and the bytes that must arrive before the next step. */
export interface InputStep {
  readonly send: Buffer;
  readonly wait: Buffer;
  readonly countedBytes: number;
}

/** A load in the generators' input format; native/input.h reads the same. */
export interface FanOutInput {
  /** The number after a word; 0 if the word is missing. */
  readonly numberOf: (word: string) => number;
  readonly listeners: readonly (readonly InputStep[])[];
  readonly sender: readonly InputStep[] | null;
  readonly message: Buffer;
  readonly messageCountedBytes: number;
}

/** Parses a generator's input. @throws Error when only the generator in C supports it */
export function readInput(text: string): FanOutInput {
  const numbers = new Map<string, number>();
  const listeners: InputStep[][] = [];
  let sender: InputStep[] | null = null;
  let steps: InputStep[] = [];
  let message: Buffer = Buffer.alloc(0);
  let messageCountedBytes = 0;
  for (const line of text.trimEnd().split("\n")) {
    const [word = "", first = "", second = "", third = ""] = line.split(" ");
    switch (word) {
      case "listener":
        steps = [];
        listeners.push(steps);
        break;
      case "sender":
        steps = [];
        sender = steps;
        break;
      case "step":
        steps.push({ send: fromHex(first), wait: fromHex(second), countedBytes: Number(third) });
        break;
      case "message":
        message = fromHex(first);
        messageCountedBytes = Number(second);
        break;
      case "slow":
        throw new Error("slow listeners need the generator in C: install gcc");
      default:
        numbers.set(word, Number(first));
    }
  }
  const numberOf = (word: string): number => numbers.get(word) ?? 0;
  return { numberOf, listeners, sender, message, messageCountedBytes };
}

function fromHex(text: string): Buffer {
  return text === "-" ? Buffer.alloc(0) : Buffer.from(text, "hex");
}
