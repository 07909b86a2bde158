import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "./errors.ts";
import { parseSearchQuery } from "./search-query.ts";

/** `word` as it is, `[a phrase]`, `begin…`. */
function read(query: string): string {
  return parseSearchQuery(query, "query")
    .map(({ text, isPrefix }) => (isPrefix ? `${text}…` : /\s/.test(text) ? `[${text}]` : text))
    .join(" ");
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

test("words, phrases and beginnings are told apart; all else is part of a word", () => {
  for (const [query, expected] of [
    ["one two", "one two"],
    ["  one\t\ntwo ", "one two"],
    ['"one two" three', "[one two] three"],
    ['one"two three"four', "one [two three] four"],
    ['"one two', "[one two]"],
    ['one ""  two', "one two"],
    ["begin*", "begin…"],
    ["begin**", "begin…"],
    ["be*gin", "be*gin"],
    ["*end", "*end"],
    ['"phrase*"', "phrase*"],
    ["one-two*", "one-two…"],
    ["one-*", "one-"],
    ["日*", "日…"],
    ["e\u0301e\u0301*", "e\u0301e\u0301…"],
    ["NEAR(a b)", "NEAR(a b)"],
    ["-one ^two text:three", "-one ^two text:three"],
    ["one\0two", "one two"],
    ["- * () !", "accepted"],
  ] as const) {
    if (expected === "accepted") assert.equal(reasonOf(query), "FIELD_INVALID");
    else assert.equal(read(query), expected, query);
  }
});

test("a query is short, has a word, and few beginnings, each of some length", () => {
  assert.equal(reasonOf(""), "FIELD_INVALID");
  assert.equal(reasonOf("x".repeat(256)), "accepted");
  assert.equal(reasonOf("x".repeat(257)), "FIELD_TOO_LONG");
  assert.equal(reasonOf("😀".repeat(257)), "FIELD_TOO_LONG");
  assert.equal(reasonOf("x ".repeat(32)), "accepted");
  assert.equal(reasonOf("x ".repeat(33)), "FIELD_INVALID");
  assert.equal(reasonOf("ab* cd*"), "accepted");
  assert.equal(reasonOf("ab* cd* ef*"), "FIELD_INVALID");
  for (const short of ["a*", "-a*", "long-a*", "9*"]) assert.equal(reasonOf(short), "FIELD_INVALID", short);
});
