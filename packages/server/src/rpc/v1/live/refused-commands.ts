import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { v1 } from "@confab/protocol";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { ChatError } from "../../../domain/errors.ts";
import { MAX_REQUEST_BYTES } from "../../codec.ts";

const commandIdNumber = v1.ConnectRequestSchema.field.commandId.number;
/** Encoders write fields in the order of their numbers, so the id comes first. */
const MAX_FIELDS_READ = 8;

/** Refuses a command, which counts as any other. */
export async function refuse(ask: AccountAsk | Promise<AccountAsk>, error: ChatError): Promise<never> {
  await ask;
  throw error;
}

/** Makes the error for a request without a command that this server knows. */
export function noCommand({ $unknown }: Pick<v1.ConnectRequest, "$unknown">): ChatError {
  if (!$unknown?.length)
    return new ChatError("FIELD_REQUIRED", "the command is missing", { field: "command" });
  const numbers = $unknown.map(({ no }) => no).join(", ");
  const message = `this server has no command with the field number ${numbers}: it may be older than the client`;
  return new ChatError("COMMAND_UNKNOWN", message, { field: "command" });
}

/** Reads the id of a command that is too large to be decoded; empty if it is not found at once. */
export function readCommandId(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  try {
    for (let count = 0; count < MAX_FIELDS_READ && reader.pos < reader.len; count++) {
      const [number, type] = reader.tag();
      if (number === commandIdNumber && type === WireType.LengthDelimited) {
        const id = reader.string();
        return id.length <= MAX_REQUEST_BYTES ? id : "";
      }
      reader.skip(type, number);
    }
  } catch {
    // Bytes that are no message have no id.
  }
  return "";
}
