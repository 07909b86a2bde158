import { nameKey } from "../users/names.ts";

/** The passwords that everyone tries first, in lower case. */
export type CommonPasswords = Pick<ReadonlySet<string>, "has">;

const KEYBOARD_ROWS = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"];
const DATE =
  /^(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:19|20)\d\d$/;
const DATE_YEAR_FIRST = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

/**
 * Returns true for the passwords that an attacker tries first: a common one, in any case and in either direction; the
 * account's own handle; one block repeated ("abcabcabc"); a run ("34567890") or a stretch of a keyboard row; a date
 * ("24121990"). Lists of common passwords may leave these patterns out, because there are too many.
 */
export function isWeakPassword(
  password: string,
  { handle, common }: { readonly handle: string; readonly common: CommonPasswords },
): boolean {
  const folded = nameKey(password);
  const characters = [...folded];
  const reversed = characters.toReversed().join("");
  return (
    common.has(folded) ||
    common.has(reversed) ||
    folded === nameKey(handle) ||
    isRepetition(characters) ||
    isAscending(characters) ||
    isAscending(characters.toReversed()) ||
    KEYBOARD_ROWS.some((row) => row.includes(folded) || row.includes(reversed)) ||
    DATE.test(folded) ||
    DATE_YEAR_FIRST.test(folded)
  );
}

/** Returns true if a block of at most half the length repeats to the end; the last one may be cut short. */
function isRepetition(characters: readonly string[]): boolean {
  const longest = Math.floor(characters.length / 2);
  for (let length = 1; length <= longest; length++) {
    if (characters.every((character, index) => character === characters[index % length])) return true;
  }
  return false;
}

/** Returns true if each character follows the one before it; 0 comes after 9. */
function isAscending(characters: readonly string[]): boolean {
  return characters.slice(1).every((character, index) => isNext(characters[index] ?? "", character));
}

function isNext(previous: string, character: string): boolean {
  if (previous === "9") return character === "0";
  return (character.codePointAt(0) ?? 0) - (previous.codePointAt(0) ?? 0) === 1;
}
