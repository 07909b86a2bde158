import assert from "node:assert/strict";
import { test } from "node:test";
import { complete } from "./complete.ts";
import { parseEmoji, parseEntered, parseHandles, parseMessageArgument } from "./parse.ts";

test("what begins with a slash is a command, with the rest as its argument", () => {
  assert.deepEqual(parseEntered("/join general chat "), {
    kind: "command",
    name: "join",
    argument: "general chat",
  });
  assert.deepEqual(parseEntered("/HELP"), { kind: "command", name: "help", argument: "" });
  assert.deepEqual(parseEntered("/q"), { kind: "command", name: "quit", argument: "" });
  assert.deepEqual(parseEntered("/reply two\nlines"), {
    kind: "command",
    name: "reply",
    argument: "two\nlines",
  });
  assert.deepEqual(parseEntered("/fly away"), { kind: "unknown", word: "fly" });
  assert.deepEqual(parseEntered("/constructor"), { kind: "unknown", word: "constructor" });
});

test("everything else is a message, also what looks a little like a command", () => {
  assert.deepEqual(parseEntered("hello "), { kind: "message", text: "hello" });
  assert.deepEqual(parseEntered("//help"), { kind: "message", text: "/help" });
  assert.deepEqual(parseEntered("/etc/hosts is full"), { kind: "message", text: "/etc/hosts is full" });
  assert.deepEqual(parseEntered("    indented"), { kind: "message", text: "    indented" });
  assert.deepEqual(parseEntered("/"), { kind: "message", text: "/" });
  assert.deepEqual(parseEntered(" \n "), { kind: "nothing" });
});

test("a message is named by its number sign, so that a text may begin with a number", () => {
  assert.deepEqual(parseMessageArgument("#12 yes"), { seq: 12, rest: "yes" });
  assert.deepEqual(parseMessageArgument("#12"), { seq: 12, rest: "" });
  assert.deepEqual(parseMessageArgument("12 apples"), { seq: null, rest: "12 apples" });
  assert.deepEqual(parseMessageArgument("#12th"), { seq: null, rest: "#12th" });
});

test("handles come with or without @, between blanks or commas", () => {
  assert.deepEqual(parseHandles("@ada, bob  @carol"), ["ada", "bob", "carol"]);
  assert.deepEqual(parseHandles(" "), []);
});

test("an emoji has names that are easy to type", () => {
  assert.deepEqual(["+1", ":heart:", "tada", "👍", "toString"].map(parseEmoji), [
    "👍",
    "❤️",
    "🎉",
    "👍",
    "toString",
  ]);
});

test("tab completes commands, and names behind @, as far as they are certain", () => {
  assert.equal(complete("/he", []), "/help ");
  assert.equal(complete("/re", []), "/re");
  assert.equal(complete("/rep", []), "/reply ");
  assert.equal(complete("hi @ad", ["ada", "bob"]), "hi @ada ");
  assert.equal(complete("hi @a", ["anna", "anton"]), "hi @an");
  assert.equal(complete("hello", ["hello2"]), null);
  assert.equal(complete("/zzz", []), null);
});
