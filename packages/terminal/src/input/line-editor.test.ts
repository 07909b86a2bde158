import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyHistory, recall, remember } from "./history.ts";
import { layoutInput } from "./layout.ts";
import * as edit from "./line-editor.ts";

const family = "👨‍👩‍👧‍👦";

test("the cursor moves over whole graphemes and deletes them whole", () => {
  let editor = edit.insert(edit.emptyEditor, `a${family}e\u0301`);
  editor = edit.moveLeft(editor);
  assert.deepEqual(editor, { before: `a${family}`, after: "e\u0301" });
  editor = edit.deleteLeft(editor);
  assert.deepEqual(editor, { before: "a", after: "e\u0301" });
  assert.deepEqual(edit.deleteRight(editor), { before: "a", after: "" });
});

test("a mark that is typed before a letter's end joins it, and the cursor goes behind both", () => {
  const editor = edit.insert({ before: "e", after: "x" }, "\u0301");
  assert.deepEqual(editor, { before: "e\u0301", after: "x" });
  assert.deepEqual(edit.insert({ before: "", after: "\u0301" }, "e"), { before: "e\u0301", after: "" });
});

test("a paste keeps its lines and loses its control characters", () => {
  const editor = edit.insert(edit.emptyEditor, "one\r\ntwo\rthree\u001b[31m\u0007\tend");
  assert.equal(edit.editorText(editor), "one\ntwo\nthree[31m    end");
});

test("the cursor moves by words, to the ends of its line and between lines", () => {
  const editor = { before: "first line\nsecond wo", after: "rd here\nx" };
  assert.equal(edit.moveWordLeft(editor).before, "first line\nsecond ");
  assert.equal(edit.moveWordRight(editor).before, "first line\nsecond word");
  assert.equal(edit.moveToLineStart(editor).before, "first line\n");
  assert.equal(edit.moveToLineEnd(editor).after, "\nx");
  assert.equal(edit.moveVertically(editor, "up")?.before, "first lin");
  assert.deepEqual(edit.moveVertically(editor, "down"), {
    before: "first line\nsecond word here\nx",
    after: "",
  });
  assert.equal(edit.moveVertically(edit.editorWith("one"), "up"), null);
});

test("words and rests of lines are deleted at once", () => {
  const editor = { before: "one two  ", after: "three\nfour" };
  assert.equal(edit.editorText(edit.deleteWordLeft(editor)), "one three\nfour");
  assert.equal(edit.editorText(edit.deleteToLineStart(editor)), "three\nfour");
  assert.equal(edit.editorText(edit.deleteToLineEnd(editor)), "one two  \nfour");
});

test("an endless paste is cut", () => {
  assert.equal(edit.editorText(edit.insert(edit.emptyEditor, "x".repeat(1_000_000))).length, 65_536);
});

test("what was sent comes back, and so does the unsent line", () => {
  const history = remember(remember(remember(emptyHistory, "one"), "two"), "two");
  const last = recall(history, "older", "draft");
  assert.equal(last?.text, "two");
  const first = last && recall(last.history, "older", last.text);
  assert.equal(first?.text, "one");
  assert.equal(first && recall(first.history, "older", "one"), null);
  const back = first && recall(first.history, "newer", "one");
  assert.equal(back && recall(back.history, "newer", "two")?.text, "draft");
});

test("a long text is laid out in rows, with the cursor among those shown", () => {
  const editor = { before: "abcdef", after: "gh" };
  assert.deepEqual(layoutInput(editor, 4, 3), { lines: ["abcd", "efgh"], cursor: { row: 1, column: 2 } });
  assert.deepEqual(layoutInput(edit.editorWith("abcd"), 4, 3), {
    lines: ["abcd", ""],
    cursor: { row: 1, column: 0 },
  });
  const long = layoutInput(edit.editorWith("1\n2\n3\n4\n5"), 10, 3);
  assert.deepEqual(long, { lines: ["3", "4", "5"], cursor: { row: 2, column: 1 } });
  assert.deepEqual(layoutInput({ before: "1", after: "\n2\n3\n4" }, 10, 2).lines, ["1", "2"]);
  assert.deepEqual(layoutInput(edit.editorWith("中文字"), 5, 3).cursor, { row: 1, column: 2 });
});
