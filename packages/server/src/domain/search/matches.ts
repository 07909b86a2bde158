import type { SearchTerm, SearchWords } from "./query.ts";

/** Returns true for a text whose tokens a search is for: as the index finds it, for texts that it has not yet. */
export function matches(tokens: readonly string[], { wanted, excluded }: SearchWords): boolean {
  return wanted.every((term) => contains(tokens, term)) && !excluded.some((term) => contains(tokens, term));
}

function contains(tokens: readonly string[], term: SearchTerm): boolean {
  const lastStart = tokens.length - term.tokens.length;
  for (let start = 0; start <= lastStart; start++) {
    if (isAt(tokens, start, term)) return true;
  }
  return false;
}

function isAt(tokens: readonly string[], start: number, { tokens: wanted, isPrefix }: SearchTerm): boolean {
  return wanted.every((token, index) => {
    const found = tokens[start + index] ?? "";
    return found === token || (isPrefix && index === wanted.length - 1 && found.startsWith(token));
  });
}
