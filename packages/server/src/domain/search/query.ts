import { ChatError } from "../errors.ts";
import { countCharacters } from "../users/names.ts";
import { isEndOfRun, tokenize } from "./tokenizer.ts";

const MAX_QUERY_CHARACTERS = 256;
const MAX_TERMS = 32;
/** Each `word*` makes the search look through every word that begins so. */
const MAX_PREFIXES = 2;
const MIN_PREFIX_CHARACTERS = 2;

/** Tokens that stand next to each other in this order. The last one may only be begun. */
export interface SearchTerm {
  readonly tokens: readonly string[];
  readonly isPrefix: boolean;
}

export interface SearchWords {
  /** A message must contain all of them; at least one. */
  readonly wanted: readonly SearchTerm[];
  /** A message must contain none of them. */
  readonly excluded: readonly SearchTerm[];
}

interface Part {
  readonly term: SearchTerm;
  readonly isExcluded: boolean;
  /** The query has a star behind the word. */
  readonly isStarred: boolean;
}

// An optional minus before a "quoted phrase", whose end may be missing, or before whatever stands between blanks.
const PARTS =
  /(?<=^|\s)(?<minus>-)?(?:"(?<phrase>[^"]*)(?:"|$)|(?<word>[^\s"]+))|"(?<inner>[^"]*)(?:"|$)|(?<rest>[^\s"]+)/gu;

/**
 * Reads a query as people write it: words that must all be there, "quoted phrases", word* for the beginning of a
 * word, and -word for what must not be there. The last word may be a beginning without a star, because people search
 * while they type. All other characters are data.
 *
 * @throws ChatError FIELD_TOO_LONG, FIELD_INVALID
 */
export function parseSearchQuery(query: string, field: string): SearchWords {
  const characters = countCharacters(query);
  if (characters > MAX_QUERY_CHARACTERS) {
    throw new ChatError(
      "FIELD_TOO_LONG",
      `${field} has ${characters} characters; at most ${MAX_QUERY_CHARACTERS} are allowed`,
      { field },
    );
  }
  const matches = [...query.replace(/[\p{Cc}\p{Cs}]/gu, " ").matchAll(PARTS)];
  const parts = matches.flatMap(({ groups = {} }, index) => toParts(groups, index === matches.length - 1));
  checkPrefixes(parts, field);
  const wanted = distinct(parts.filter(({ isExcluded }) => !isExcluded));
  const excluded = distinct(parts.filter(({ isExcluded }) => isExcluded));
  if (wanted.length === 0) {
    const problem = excluded.length > 0 ? "only excludes words: add one" : "has no word";
    throw new ChatError("FIELD_INVALID", `${field} ${problem} to search for`, { field });
  }
  const terms = wanted.length + excluded.length;
  if (terms > MAX_TERMS) throw tooMany(`${terms} words; at most ${MAX_TERMS}`, field);
  return { wanted, excluded };
}

/** The term of a part of the query, if it has a word at all. */
function toParts(groups: Readonly<Record<string, string | undefined>>, isLast: boolean): readonly Part[] {
  const { minus, phrase, inner, word, rest } = groups;
  const quoted = phrase ?? inner;
  const text = quoted ?? word ?? rest ?? "";
  const tokens = tokenize(text);
  const last = tokens.at(-1);
  if (last === undefined) return [];
  const isExcluded = minus !== undefined;
  // The star belongs to the word before it, if there is one.
  const isStarred = quoted === undefined && /[\p{L}\p{N}\p{M}]\*+$/u.test(text);
  const isBegun = quoted === undefined && isLast && !isExcluded && isLong(last);
  return [{ term: toTerm(tokens, isStarred || isBegun), isExcluded, isStarred }];
}

function toTerm(tokens: readonly string[], isPrefix: boolean): SearchTerm {
  if (!isEndOfRun(tokens.at(-1) ?? "")) return { tokens, isPrefix };
  // The text may go on behind the run: then its last character begins a pair. Before that the pairs say it all.
  const pairs = tokens.slice(0, -1);
  return isPairBefore(tokens) ? { tokens: pairs, isPrefix: false } : { tokens, isPrefix: true };
}

/** Returns true where the last token repeats the second character of the pair before it. */
function isPairBefore(tokens: readonly string[]): boolean {
  const [before = "", last = ""] = tokens.slice(-2);
  return tokens.length > 1 && before.length > last.length && before.endsWith(last);
}

function isLong(token: string): boolean {
  return countCharacters(token) >= MIN_PREFIX_CHARACTERS;
}

function checkPrefixes(parts: readonly Part[], field: string): void {
  const starred = distinct(parts.filter(({ isStarred }) => isStarred));
  if (starred.length > MAX_PREFIXES) {
    throw tooMany(`${starred.length} words that end in *; at most ${MAX_PREFIXES}`, field);
  }
  for (const { tokens } of starred) {
    const last = tokens.at(-1) ?? "";
    if (isLong(last) || isEndOfRun(last)) continue;
    const message = `${field} has "${last}*": give at least two characters before the *`;
    throw new ChatError("FIELD_INVALID", message, { field });
  }
}

function distinct(parts: readonly Part[]): readonly SearchTerm[] {
  const byKey = new Map(
    parts.map(({ term }) => [`${term.tokens.join(" ")}${term.isPrefix ? "*" : ""}`, term]),
  );
  return [...byKey.values()];
}

function tooMany(what: string, field: string): ChatError {
  return new ChatError("FIELD_INVALID", `${field} has ${what} are allowed`, { field });
}
