import type { RoomChange, Signal } from "../domain/changes.ts";

/** What everyone who serves a room is told: what has changed in it, or is going on in it. */
export type BusEvent = { readonly change: RoomChange } | { readonly signal: Signal };

/**
 * Carries events from where they arose to every hub. A hint, not a record: the store is the truth, and an
 * adapter may lose, repeat or reorder what it carries. The in-process adapter does none of these.
 */
export interface Bus {
  publish(event: BusEvent): void;
  subscribe(receive: (event: BusEvent) => void): Disposable;
}
