import { ChatError } from "../../domain/errors.ts";

/** For each path that a mask may name, a function that reads its fields from the message. */
export type Readers<Message, Fields> = Readonly<Record<string, (message: Message) => Partial<Fields>>>;

/** Reads the fields that `update_mask` names. @throws ChatError FIELD_REQUIRED for an empty mask, FIELD_UNKNOWN */
export function readMask<Message, Fields>(
  message: Message,
  paths: readonly string[],
  readers: Readers<Message, Fields>,
): Partial<Fields> {
  if (paths.length === 0) throw refused("FIELD_REQUIRED", "name the fields to change in update_mask");
  const reads = paths.map((path) => {
    const read = Object.hasOwn(readers, path) ? readers[path] : undefined;
    if (read) return read;
    const known = Object.keys(readers).join(", ");
    throw refused("FIELD_UNKNOWN", `update_mask names "${path}": it may name ${known}`);
  });
  return Object.assign({}, ...reads.map((read) => read(message)));
}

function refused(reason: "FIELD_REQUIRED" | "FIELD_UNKNOWN", message: string): ChatError {
  return new ChatError(reason, message, { field: "update_mask" });
}
