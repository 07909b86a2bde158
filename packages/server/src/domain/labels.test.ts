import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_LABEL_KEY_BYTES, MAX_LABEL_VALUE_BYTES, MAX_LABELS, parseLabels } from "./labels.ts";

const TOO_LONG = { name: "ChatError", reason: "PROFILE_FIELD_TOO_LONG" };
const INVALID = { name: "ChatError", reason: "PROFILE_FIELD_INVALID" };
const parse = (labels: Record<string, string>) => parseLabels(labels, "user.labels");
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, ""]));

test("labels come back as they are, in the order of their keys", () => {
  const parsed = parse({ team: "blue", "crm id": "4711", größe: "π\n\t" });
  assert.deepEqual(Object.entries(parsed), [
    ["crm id", "4711"],
    ["größe", "π\n\t"],
    ["team", "blue"],
  ]);
  assert.deepEqual(parse({}), {});
});

test("at most 32 labels are taken", () => {
  assert.equal(Object.keys(parse(many(MAX_LABELS))).length, 32);
  assert.throws(() => parse(many(MAX_LABELS + 1)), { ...TOO_LONG, field: "user.labels" });
});

test("a key takes at most 64 bytes of UTF-8", () => {
  parse({ ["é".repeat(MAX_LABEL_KEY_BYTES / 2)]: "" });
  assert.throws(() => parse({ ["é".repeat(MAX_LABEL_KEY_BYTES / 2 + 1)]: "" }), {
    ...TOO_LONG,
    field: "user.labels",
  });
});

test("a value takes at most 512 bytes of UTF-8, and the error names its key", () => {
  parse({ key: "é".repeat(MAX_LABEL_VALUE_BYTES / 2) });
  assert.throws(() => parse({ key: `${"é".repeat(MAX_LABEL_VALUE_BYTES / 2)}x` }), {
    ...TOO_LONG,
    field: "user.labels.key",
  });
});

test("a key is printable: no control, invisible or reordering characters, no line ends, not empty", () => {
  for (const key of [
    "",
    "a\0",
    "a\nb",
    "a\tb",
    "\u001b[2J",
    "a\u200bb",
    "a\u202eb",
    "a\u2028b",
    "\ufeffa",
    "\ud800",
  ]) {
    assert.throws(() => parse({ [key]: "" }), { ...INVALID, field: "user.labels" }, JSON.stringify(key));
  }
});

test("a key that would change a JavaScript object is refused", () => {
  assert.throws(() => parse(JSON.parse('{"__proto__":"x"}')), INVALID);
  assert.deepEqual(parse({ constructor: "x" }), { constructor: "x" });
});

test("a value that a database can't hold is refused", () => {
  for (const value of ["a\0b", "\ud800", "\udc00x"]) {
    assert.throws(() => parse({ key: value }), { ...INVALID, field: "user.labels.key" });
  }
});

test("what is taken is taken again, and changes no more", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), (labels) => {
      let parsed: Readonly<Record<string, string>>;
      try {
        parsed = parse(labels);
      } catch (error) {
        assert.equal((error as Error).name, "ChatError");
        return;
      }
      assert.equal(JSON.stringify(parse(parsed)), JSON.stringify(parsed));
    }),
  );
});
