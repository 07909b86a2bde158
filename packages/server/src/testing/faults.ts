import { setTimeout as delay } from "node:timers/promises";
import type { Bus } from "../bus/port.ts";
import { type OperationInput, type OperationName, operationNames } from "../store/operations/operations.ts";
import type { Store } from "../store/port/store.ts";

/** Faults of a test server. Counting starts when the server starts; the seed is not counted. */
export interface Faults {
  /**
   * Loses one answer of this method: number `at`, counted from 1. The call itself takes effect. A unary call ends
   * UNAVAILABLE with STORAGE_ERROR, which means that it may have happened or not; if the method is a command on
   * Connect, the stream ends this way instead. Refusals are not counted.
   */
  readonly dropAnswer?: { readonly method: string; readonly at: number };
  /**
   * Ends every stream UNAVAILABLE with SHUTTING_DOWN after this many frames; after this many responses if the contract
   * has no frames.
   */
  readonly cutStreams?: { readonly afterFrames: number };
  /**
   * Delays every answer of the store, or only those of these operations. Milliseconds of real time, not of the test's
   * clock.
   */
  readonly delayStore?: { readonly ms: number; readonly operations?: readonly OperationName[] };
  /**
   * Runs before each of these operations of the store, which waits for it: for what happens between the check of a call
   * and what it does.
   */
  readonly beforeStore?: Partial<Readonly<Record<OperationName, () => Promise<unknown>>>>;
  /** The changes with these numbers, counted from 1, are stored but never reach listeners. */
  readonly dropBusEvents?: { readonly at: readonly number[] };
}

/** Delays the store's answers once `hasBegun` returns true. Keeps their order. */
export function delayAnswers(
  store: Store,
  fault: NonNullable<Faults["delayStore"]>,
  hasBegun: () => boolean,
): Store {
  const slow = (fault.operations ?? operationNames).map((name) => [
    name,
    async (input: OperationInput<OperationName>) => {
      const ask = store[name] as (input: unknown) => Promise<unknown>;
      const answer = await ask(input);
      if (hasBegun()) await delay(fault.ms);
      return answer;
    },
  ]);
  return { ...store, ...(Object.fromEntries(slow) as Partial<Store>) };
}

/** Does something else before these operations, once `hasBegun` returns true. */
export function interrupt(
  store: Store,
  fault: NonNullable<Faults["beforeStore"]>,
  hasBegun: () => boolean,
): Store {
  const interrupted = operationNames.flatMap((name) => {
    const before = fault[name];
    if (!before) return [];
    const ask = store[name] as (input: unknown) => Promise<unknown>;
    const operation = async (input: OperationInput<OperationName>) => {
      if (hasBegun()) await before();
      return ask(input);
    };
    return [[name, operation]];
  });
  return { ...store, ...(Object.fromEntries(interrupted) as Partial<Store>) };
}

/** Wraps the bus so that some changes are lost. */
export function dropChanges(bus: Bus, { at }: NonNullable<Faults["dropBusEvents"]>): Bus {
  let count = 0;
  return {
    ...bus,
    publish(event) {
      if ("change" in event && at.includes(++count)) return;
      bus.publish(event);
    },
  };
}
