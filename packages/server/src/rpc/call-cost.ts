import { MAX_REQUEST_BYTES } from "./codec.ts";
import { parsePageSize } from "./v1/pages.ts";

/** This many rows that a request asks for count as one more call. */
const ROWS_PER_CALL = 25;
/** This many characters of an edit count as one more call: each word is indexed again. Sends have a limit of their own. */
const CHARACTERS_PER_CALL = 4_000;
/** This many bytes of a Hello with the cursors of many rooms count as one more call. */
const BYTES_PER_CALL = 16 * 1024;

/**
 * Returns the number of calls that a request counts as, beyond the one that the gate has counted: a page costs more than
 * a single row, and a long edit more than a short one.
 *
 * @throws ChatError PAGE_SIZE_INVALID
 */
export function extraCalls(request: object): number {
  return (
    Math.floor(rowsOf(request) / ROWS_PER_CALL) + Math.floor(editedCharacters(request) / CHARACTERS_PER_CALL)
  );
}

/**
 * Returns the number of calls that a stream's request of this length counts as, beyond the one that the gate has counted.
 * It is counted before the request is decoded, which takes several times its memory.
 */
export function extraCallsOfBytes(bytes: number): number {
  return bytes > MAX_REQUEST_BYTES ? Math.floor(bytes / BYTES_PER_CALL) : 0;
}

function rowsOf(request: object): number {
  if ("pageSize" in request && typeof request.pageSize === "number") return parsePageSize(request.pageSize);
  return "userIds" in request && Array.isArray(request.userIds) ? request.userIds.length : 0;
}

function editedCharacters(request: object): number {
  if (!("message" in request) || typeof request.message !== "object" || request.message === null) return 0;
  return "text" in request.message && typeof request.message.text === "string"
    ? request.message.text.length
    : 0;
}
