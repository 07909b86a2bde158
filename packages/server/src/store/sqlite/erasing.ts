import type { OperationInput } from "../operations/operations.ts";
import type { Ran } from "./answers.ts";

/**
 * True if the operation has removed messages, or all that an account left. A refused one throws, and has removed nothing.
 * Titles and profiles are no such content: they may be changed in a loop by anyone.
 */
export function erases({ request: { operation, input }, result }: Ran): boolean {
  switch (operation) {
    case "eraseUser":
    case "deleteServiceKey":
      return true;
    case "continueErasures":
      return isObject(result) && result.erased !== 0;
    case "deleteRoom":
      return isObject(result) && result.hadMessages === true;
    case "updateMessage":
      return removesContent(input as OperationInput<"updateMessage">) && hasChanged(result);
    case "deleteMessage":
    case "expireMessages":
    case "applyRetention":
      return hasChanged(result);
    default:
      return false;
  }
}

/** A pin or other mentions leave the content as it is. */
function removesContent({ text, payload }: OperationInput<"updateMessage">): boolean {
  return text !== undefined || payload !== undefined;
}

function hasChanged(result: unknown): boolean {
  const changes = isObject(result) && "changes" in result ? result.changes : result;
  return Array.isArray(changes) && changes.length > 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
