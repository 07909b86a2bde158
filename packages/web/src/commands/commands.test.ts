import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsFor, parseEntered } from "./commands.ts";

test("a slash begins a command, two begin a message, and a path is one", () => {
  assert.deepEqual(parseEntered("/topic  new words "), {
    kind: "command",
    name: "topic",
    argument: "new words",
  });
  assert.deepEqual(parseEntered("//shrug"), { kind: "message", text: "/shrug" });
  assert.deepEqual(parseEntered("/etc/hosts"), { kind: "message", text: "/etc/hosts" });
  assert.deepEqual(parseEntered(" hi\n"), { kind: "message", text: " hi" });
  assert.deepEqual(parseEntered("/nonsense x"), { kind: "unknown", word: "nonsense" });
  assert.deepEqual(parseEntered("/toString"), { kind: "unknown", word: "toString" });
  assert.deepEqual(parseEntered(" \n"), { kind: "nothing" });
});

test("guests are offered no command that takes an account", () => {
  const names = (kind: "guest" | "human"): string[] =>
    commandsFor({ me: { kind, role: "user" }, room: null }).map(({ name }) => name);
  assert.ok(names("human").includes("create") && !names("guest").includes("create"));
  assert.ok(names("guest").includes("join") && !names("human").includes("ban"));
});
