import type { StorageFault } from "../fault.ts";
import type { OperationInput, OperationName } from "../queries/operations.ts";

/** What the store's thread is started with. */
export interface ThreadData {
  /** The folder that this process locks for itself. */
  readonly folder: string;
  readonly path: string;
}

/** What the main thread asks of the store's thread. `null` asks it to close. */
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
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly message: string;
      readonly stack: string | undefined;
      /** Null for an error that isn't the storage's. */
      readonly fault: StorageFault | null;
    };

/**
 * What crosses between the threads is text: written and read again it costs less than the structured clone of
 * the same objects, a third of it on Bun. All of it is plain data.
 */
export function toWire(message: ThreadRequest | readonly ThreadAnswer[]): string {
  return JSON.stringify(message);
}

/** Reads what the other thread wrote with `toWire`. */
export function fromWire<Message extends ThreadRequest | readonly ThreadAnswer[]>(text: string): Message {
  return JSON.parse(text) as Message;
}
