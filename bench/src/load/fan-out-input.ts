/** What one connection sends to be opened, and what has to come before the next step. */
export interface InputStep {
  readonly send: Buffer;
  readonly wait: Buffer;
  readonly countedBytes: number;
}

/** A load as it is written for the generators; native/input.h reads the same. */
export interface FanOutInput {
  /** Of the words that have one number. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly listeners: readonly (readonly InputStep[])[];
  readonly sender: readonly InputStep[] | null;
  readonly message: Buffer;
  readonly messageCountedBytes: number;
}

/** @throws Error when it asks for what only the generator in C can do */
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
  return { numbers, listeners, sender, message, messageCountedBytes };
}

function fromHex(text: string): Buffer {
  return text === "-" ? Buffer.alloc(0) : Buffer.from(text, "hex");
}
