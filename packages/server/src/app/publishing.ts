import type { BusEvent } from "../bus/port.ts";
import type { Changed, Refused } from "../store/port/outcomes.ts";
import { accepted } from "./refusals.ts";

/**
 * An operation's result, once everyone who listens has been told what it changed, in the order of the revisions.
 *
 * @throws ChatError when the operation was refused
 */
export function published<Result extends Changed>(
  publish: (event: BusEvent) => void,
  outcome: Result | Refused,
): Result {
  const done = accepted(outcome);
  for (const change of done.changes) publish({ change });
  return done;
}
