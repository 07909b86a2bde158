import type { Bus, BusEvent } from "./port.ts";

/** Makes the bus of a single process: it calls every subscriber at once, in the order of publishing. */
export function createMemoryBus(): Bus {
  const receivers = new Set<(event: BusEvent) => void>();
  return {
    publish(event) {
      for (const receive of receivers) receive(event);
    },
    subscribe(receive) {
      receivers.add(receive);
      return { [Symbol.dispose]: () => void receivers.delete(receive) };
    },
  };
}
