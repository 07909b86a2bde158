import { setTimeout as delay } from "node:timers/promises";
import type { Bus } from "../bus/port.ts";
import type { Store } from "../store/port/store.ts";
import { type OperationInput, type OperationName, operationNames } from "../store/queries/operations.ts";

/** What goes wrong on a test server. Each fault is counted from its start; seeding it counts for nothing. */
export interface Faults {
  /**
   * The answer with that number, 1 the first, to this method never arrives, though the call takes effect. A
   * unary call ends UNAVAILABLE with STORAGE_ERROR, which says that it may have happened or not; where the method
   * is a command on Connect, the stream ends so instead. Refusals are not counted.
   */
  readonly dropAnswer?: { readonly method: string; readonly at: number };
  /**
   * Every stream ends UNAVAILABLE with SHUTTING_DOWN once it has sent that many frames; where a contract has no
   * frames, that many responses.
   */
  readonly cutStreams?: { readonly afterFrames: number };
  /** The store answers so much later, all of its operations or these. In real time, whatever the clock says. */
  readonly delayStore?: { readonly ms: number; readonly operations?: readonly OperationName[] };
  /** The changes with these numbers, 1 the first, are stored but not told to those who listen. */
  readonly dropBusEvents?: { readonly at: readonly number[] };
}

/** The store, with its answers delayed from some moment on: in the order in which they were given. */
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

/** The bus, with some of the changes lost. */
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
