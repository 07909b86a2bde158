/** Permission to hold a stream. */
export interface StreamSlot {
  /** Aborts when another program has taken the slot: the stream must end. */
  readonly taken: AbortSignal;
  /** Gives the slot back; may be called after `taken`. */
  release(): void;
}

/** Limits the streams that are open at once, for example those of a browser's tabs. */
export interface StreamSlots {
  /**
   * Waits for a slot, and calls `onWait` first if none is free.
   * @throws the signal's reason when it aborts
   */
  take(options: { readonly onWait: () => void; readonly signal: AbortSignal }): Promise<StreamSlot>;
}
