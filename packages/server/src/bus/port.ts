import type { RoomChange, Signal } from "../domain/live/changes.ts";

/** A durable change of a room, or a passing signal in it. */
export type BusEvent = { readonly change: RoomChange } | { readonly signal: Signal };

/**
 * Carries events from their origin to every hub. The bus is a hint and not a record: the store is the truth, and an
 * adapter may lose, repeat or reorder events. The in-process adapter does none of these.
 */
export interface Bus {
  publish(event: BusEvent): void;
  subscribe(receive: (event: BusEvent) => void): Disposable;
}
