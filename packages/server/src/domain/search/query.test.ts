import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "../errors.ts";
import { parseSearchQuery, type SearchTerm } from "./query.ts";

/** `word`, `a+phrase`, `begin…`; an excluded one with a minus. */
function read(query: string): string {
  const { wanted, excluded } = parseSearchQuery(query, "query");
  const write = ({ tokens, isPrefix }: SearchTerm): string => `${tokens.join("+")}${isPrefix ? "…" : ""}`;
  return [...wanted.map(write), ...excluded.map((term) => `-${write(term)}`)].join(" ");
}

function reasonOf(query: string): string {
  try {
    parseSearchQuery(query, "query");
    return "accepted";
  } catch (error) {
    assert.ok(error instanceof ChatError);
    assert.equal(error.field, "query");
    return error.reason;
  }
}

const cases: readonly (readonly [query: string, terms: string])[] = [
  ["one two", "one two…"],
  ["  One\t\ntwo ", "one two…"],
  ["one a", "one a"],
  ['"one two" three', "one+two three…"],
  ['one"two three"four', "one two+three four…"],
  ['"one two', "one+two"],
  ['one ""  two', "one two…"],
  ["begin* end", "begin… end…"],
  ["begin** .", "begin…"],
  ["be*gin .", "be+gin"],
  ["*end .", "end"],
  ['"phrase*"', "phrase"],
  ["one-two* .", "one+two…"],
  ["one-* .", "one"],
  ["one one ONE .", "one"],
  ["one -two", "one -two"],
  ['one -"two three" four', "one four… -two+three"],
  ["one - two", "one two…"],
  ["well-known .", "well+known"],
  ["NEAR(a b)", "near+a b"],
  ["^two text:three .", "two text+three"],
  ["one\0two", "one two…"],
  ["état-major .", "etat+major"],
  ["日", "日…"],
  ["日本", "日本"],
  ["日本語 .", "日本+本語"],
  ["手机abc", "手机+机+abc…"],
  ["abc手机", "abc+手机"],
  ["哈哈", "哈哈"],
  ["서울", "서울"],
  ["👍", "👍"],
];

for (const [query, terms] of cases) {
  test(`the query ${JSON.stringify(query)}`, () => assert.equal(read(query), terms));
}

test("a query that only excludes words is told from one without words", () => {
  assert.throws(() => read("-one"), /query only excludes words: add one to search for/);
  assert.throws(() => read("!"), /query has no word to search for/);
});

test("a query is short, has a word to find, and few beginnings, each of some length", () => {
  for (const empty of ["", "- * () !", "-one", '-"one two"'])
    assert.equal(reasonOf(empty), "FIELD_INVALID", empty);
  assert.equal(reasonOf("x".repeat(256)), "accepted");
  assert.equal(reasonOf("x".repeat(257)), "FIELD_TOO_LONG");
  assert.equal(reasonOf("😀".repeat(257)), "FIELD_TOO_LONG");
  const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`).join(" ");
  assert.equal(reasonOf(words(32)), "accepted");
  assert.equal(reasonOf(words(33)), "FIELD_INVALID");
  assert.equal(reasonOf("x ".repeat(100)), "accepted");
  assert.equal(reasonOf("ab* cd*"), "accepted");
  assert.equal(reasonOf("ab* cd* AB* cd*"), "accepted", "each once");
  assert.equal(reasonOf("ab* cd* ef*"), "FIELD_INVALID");
  for (const short of ["a*", "b a*", "long-a*", "9*"]) assert.equal(reasonOf(short), "FIELD_INVALID", short);
});
