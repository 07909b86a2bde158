import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEntered, parseMessageArgument } from "./parse.ts";

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
