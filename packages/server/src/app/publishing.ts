import type { BusEvent } from "../bus/port.ts";
import type { Changed } from "../store/port/changed.ts";

/** Tells everyone who listens what has happened. */
export type Publish = (event: BusEvent) => void;

/** Publishes what an operation changed, in the order of the revisions, and gives its result. */
export function published<Result extends Changed>(publish: Publish, result: Result): Result {
  for (const change of result.changes) publish({ change });
  return result;
}
