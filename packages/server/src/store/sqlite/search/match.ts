import type { SearchTerm, SearchWords } from "../../../domain/search/query.ts";
import { roomToken } from "./index-messages.ts";

/**
 * Writes a search as FTS5 reads it. Tokens have no character that is an operator there. Null: nothing can match.
 *
 * @param roomIds the rooms to look in; null for all
 */
export function toMatch({ wanted, excluded }: SearchWords, roomIds: readonly string[] | null): string | null {
  const words = `tokens : (${wanted.map(toTerm).join(" AND ")})`;
  const without = excluded.map((term) => ` NOT tokens : (${toTerm(term)})`).join("");
  if (roomIds === null) return `${words}${without}`;
  if (roomIds.length === 0) return null;
  const rooms = roomIds.map((roomId) => `"${roomToken(roomId)}"`).join(" OR ");
  return `(room : (${rooms}) AND ${words})${without}`;
}

function toTerm({ tokens, isPrefix }: SearchTerm): string {
  return `"${tokens.join(" ")}"${isPrefix ? " *" : ""}`;
}
