import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import type { CallHeaders } from "./incoming-call.ts";

export const TOKEN_HEADER = "authorization";

/** The metadata with which a service key acts for a user. Its value is the user's id. */
export const ACT_AS_HEADER = "x-confab-act-as";

const BEARER = /^bearer +(\S+) *$/i;

/** Returns the token of a call, or null if it has none. @throws ChatError TOKEN_INVALID when the header is malformed */
export function readToken(metadata: CallHeaders): string | null {
  const values = metadata.get(TOKEN_HEADER);
  if (values.length === 0) return null;
  const token = BEARER.exec(single(values))?.[1];
  if (token === undefined) {
    throw new ChatError(
      "TOKEN_INVALID",
      `\`${TOKEN_HEADER}\` metadata must be one value: \`Bearer <token>\``,
    );
  }
  return token;
}

/** Returns the user to act for, or null. @throws ChatError FIELD_INVALID when the header is malformed */
export function readActAs(metadata: CallHeaders): UserId | null {
  const values = metadata.get(ACT_AS_HEADER);
  if (values.length === 0) return null;
  const userId = single(values);
  if (userId === "") {
    throw new ChatError("FIELD_INVALID", `\`${ACT_AS_HEADER}\` metadata must be one value: a user's id`, {
      field: ACT_AS_HEADER,
    });
  }
  return userId as UserId;
}

/** Returns an empty value, which no header may have, in place of several. */
function single(values: readonly (string | Buffer)[]): string {
  const [value] = values;
  return values.length === 1 && typeof value === "string" ? value : "";
}
