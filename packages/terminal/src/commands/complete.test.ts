import assert from "node:assert/strict";
import { test } from "node:test";
import { peopleChoices, wantedAt } from "./complete.ts";

test("the word before the cursor says what is completed", () => {
  const cases = [
    ["/", "command", "/", ""],
    ["/de", "command", "/", "de"],
    ["/delete-r", "command", "/", "delete-r"],
    ["/room my ro", "rooms", "/room ", "my ro"],
    ["/join #gen", "public rooms", "/join #", "gen"],
    ["/dm @gr", "people", "/dm @", "gr"],
    ["/dm ada, Grace Ho", "people", "/dm ada, ", "Grace Ho"],
    ["/invite ", "people", "/invite ", ""],
    ["/kick Mallory S", "member", "/kick ", "Mallory S"],
    ["/role ada", "member", "/role ", "ada"],
    ["/role ada mo", "role", "/role ada ", "mo"],
    ["/unban m", "banned", "/unban ", "m"],
    ["/react #12 :hea", "emoji", "/react #12 ", "hea"],
    ["/dms sh", "choice", "/dms ", "sh"],
    ["/msg gr", "people", "/msg ", "gr"],
    ["hi @ad", "mention", "hi @", "ad"],
    ["/reply yes @Grace H", "mention", "/reply yes @", "Grace H"],
  ] as const;
  for (const [text, kind, before, start] of cases)
    assert.deepEqual(wantedAt(text), { kind, before, start }, text);
  for (const text of ["", "hello", "a@b", "/topic engines", "/unknown x", "//he"])
    assert.equal(wantedAt(text), null, text);
});

test("people are found by handle, display name and each word of it; guests by their name", () => {
  const people = [
    { handle: "ada", displayName: "Ada" },
    { handle: "grace", displayName: "Grace Hopper" },
    { handle: "", displayName: "Holly Guest" },
  ];
  const found = (start: string) => peopleChoices(people, start).map(({ text }) => text);
  assert.deepEqual(found("GR"), ["grace"]);
  assert.deepEqual(found("ho"), ["grace", "Holly Guest"]);
  assert.deepEqual(found("grace hop"), ["grace"]);
  assert.deepEqual(found("x"), []);
  assert.deepEqual(
    peopleChoices(people, "").map(({ label }) => label),
    ["ada (Ada)", "grace (Grace Hopper)", "Holly Guest"],
  );
});
