/** One waiter that can be woken again and again, or for good by a signal. */
export interface WakeUp {
  /** Resolves at the next `wake`. @throws the signal's reason */
  wait(): Promise<void>;
  wake(): void;
}

export function createWakeUp(signal: AbortSignal): WakeUp {
  let waiter: PromiseWithResolvers<void> | null = null;
  signal.addEventListener("abort", () => waiter?.reject(signal.reason), { once: true });
  return {
    wait() {
      waiter = Promise.withResolvers<void>();
      if (signal.aborted) waiter.reject(signal.reason);
      return waiter.promise;
    },
    wake: () => waiter?.resolve(),
  };
}
