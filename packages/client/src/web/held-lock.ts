/** A Web Lock that this tab holds. */
export interface HeldLock {
  /** Aborts when the lock is lost: released, or taken by another tab. */
  readonly lost: AbortSignal;
  release(): void;
}

/** Takes a lock. Returns null if `ifAvailable` and another holds it. @throws the signal's reason when it aborts first */
export function takeLock(name: string, options: LockOptions): Promise<HeldLock | null> {
  return new Promise((resolve, reject) => {
    const lost = new AbortController();
    const held = Promise.withResolvers<void>();
    const release = (): void => {
      lost.abort();
      held.resolve();
    };
    const asking = navigator.locks.request(name, options, (lock) => {
      resolve(lock && { lost: lost.signal, release });
      return lock ? held.promise : undefined;
    });
    // Rejects before the lock is granted, or when another tab takes it.
    asking.catch((error: unknown) => {
      release();
      reject(error);
    });
  });
}
