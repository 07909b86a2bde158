import type { ChatErrorData } from "../../domain/errors.ts";
import { type JsonWithBytes, readJson, writeJson } from "../../domain/messages/payload.ts";
import type { StorageFault } from "../fault.ts";
import type { OperationInput, OperationName } from "../operations/operations.ts";

/** Everything that a thread of the store is started with. */
export interface ThreadData {
  /** The folder that this process locks for itself. */
  readonly folder: string;
  readonly path: string;
  /** The memory of the `ReadLatch`. */
  readonly latchMemory: SharedArrayBuffer;
}

/** Asks a thread of the store for an operation. `null` asks it to close. */
export type ThreadRequest = OperationRequest | null;

export interface OperationRequest {
  readonly id: number;
  readonly operation: OperationName;
  readonly input: OperationInput<OperationName>;
}

export type ThreadAnswer =
  | { readonly kind: "opened" }
  | { readonly kind: "unusable"; readonly message: string }
  | { readonly kind: "done"; readonly id: number; readonly result: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly error: ChatErrorData }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly message: string;
      readonly stack: string | undefined;
      /** Null for an error that isn't the storage's. */
      readonly fault: StorageFault | null;
    };

/** Text, with the bytes of its payloads beside it where it has any. */
export type Wired = string | JsonWithBytes;

/**
 * Writes a message for the other thread. Writing and reading text costs less than the structured clone of the same
 * objects, a third of it on Bun. All of it is plain data, but for payloads.
 */
export function toWire(message: ThreadRequest | readonly ThreadAnswer[]): Wired {
  const written = writeJson(message);
  return written.bytes ? written : written.text;
}

/** Reads what the other thread wrote with `toWire`. */
export function fromWire<Message extends ThreadRequest | readonly ThreadAnswer[]>(wired: Wired): Message {
  return (typeof wired === "string" ? JSON.parse(wired) : readJson(wired)) as Message;
}

/** Sends a message to the other thread. Bytes are handed over, not copied once more. */
export function post(
  port: { postMessage(wired: Wired, handedOver: ArrayBuffer[]): void },
  message: ThreadRequest | readonly ThreadAnswer[],
): void {
  const wired = toWire(message);
  port.postMessage(wired, typeof wired !== "string" && wired.bytes ? [wired.bytes.buffer] : []);
}
