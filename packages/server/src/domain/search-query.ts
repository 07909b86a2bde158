import { ChatError } from "./errors.ts";
import { countCharacters } from "./names.ts";

const MAX_QUERY_CHARACTERS = 256;
const MAX_TERMS = 32;
/** Each makes the search look through every word that begins so. */
const MAX_PREFIXES = 2;

/** What a message must contain: words one after the other, the last of them perhaps only begun. */
export interface SearchTerm {
  readonly text: string;
  readonly isPrefix: boolean;
}

// A "quoted phrase", whose end may be missing; or whatever stands between blanks.
const PARTS = /"([^"]*)(?:"|$)|([^\s"]+)/gu;
// What the index knows words by; everything else only separates them.
const WORD = /[\p{L}\p{N}\p{Co}]/u;
const ENDS_IN_WORD = /[\p{L}\p{N}\p{Co}\p{M}]$/u;
const SHORT_PREFIX = /(?:^|[^\p{L}\p{N}\p{Co}\p{M}])[A-Za-z0-9]$/u;

/**
 * Reads a query as people write it: words that must all be there, "quoted phrases", and word* for the beginning
 * of a word. There is nothing else: all other characters are data.
 *
 * @throws ChatError FIELD_REQUIRED, FIELD_TOO_LONG, FIELD_INVALID
 */
export function parseSearchQuery(query: string, field: string): readonly SearchTerm[] {
  const characters = countCharacters(query);
  if (characters > MAX_QUERY_CHARACTERS) {
    throw new ChatError(
      "FIELD_TOO_LONG",
      `${field} has ${characters} characters; at most ${MAX_QUERY_CHARACTERS} are allowed`,
      { field },
    );
  }
  const readable = query.replace(/[\p{Cc}\p{Cs}]/gu, " ");
  const terms = [...readable.matchAll(PARTS)]
    .map(([, phrase, word = ""]) => (phrase === undefined ? toWord(word) : { text: phrase, isPrefix: false }))
    .filter(({ text }) => WORD.test(text));
  if (terms.length === 0) {
    throw new ChatError("FIELD_INVALID", `${field} has no word to search for`, { field });
  }
  if (terms.length > MAX_TERMS) throw tooMany(`${terms.length} words; at most ${MAX_TERMS}`, field);
  const prefixes = terms.filter(({ isPrefix }) => isPrefix);
  if (prefixes.length > MAX_PREFIXES) {
    throw tooMany(`${prefixes.length} words that end in *; at most ${MAX_PREFIXES}`, field);
  }
  const short = prefixes.find(({ text }) => SHORT_PREFIX.test(text));
  if (short) {
    const message = `${field} has "${short.text}*": give at least two characters before the *`;
    throw new ChatError("FIELD_INVALID", message, { field });
  }
  return terms;
}

function toWord(word: string): SearchTerm {
  const stars = /\*+$/.exec(word)?.[0].length ?? 0;
  const text = word.slice(0, word.length - stars);
  // The star belongs to the word before it, if there is one.
  return { text, isPrefix: stars > 0 && ENDS_IN_WORD.test(text) };
}

function tooMany(what: string, field: string): ChatError {
  return new ChatError("FIELD_INVALID", `${field} has ${what} are allowed`, { field });
}
