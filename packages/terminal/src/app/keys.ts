import { recall } from "../input/history.ts";
import * as edit from "../input/line-editor.ts";
import type { PressedKey } from "../input/split-keys.ts";
import type { Screen } from "../screen/chat-screen.ts";
import { anchorAt, indexOfKey, keyOf, positionOf } from "../screen/message-list.ts";
import { scrollBy, scrollTo } from "../screen/viewport.ts";
import { attempt, type ChatContext, currentRoom } from "./chat-context.ts";
import { completeWord } from "./completion.ts";
import { cycleRoom } from "./open-room.ts";
import { panelAction } from "./panel-keys.ts";
import { quit } from "./quit.ts";
import { submit } from "./submit.ts";

const ROWS_OF_WHEEL = 3;

/** Handles a key on the chat screen as it is drawn. */
export function pressKey(context: ChatContext, screen: Screen, input: string, key: PressedKey): void {
  if (key.eventType === "release" || pressScrollKey(context, screen, key)) return;
  const action = actionOf(context, screen, input, key);
  if (action) {
    action();
    return;
  }
  const edited = editKey(context.ui.get().editor, input, key);
  if (edited) setEditor(context, edited);
}

/** Returns a key's action; null if the key only edits the text. */
function actionOf(context: ChatContext, screen: Screen, input: string, key: PressedKey): (() => void) | null {
  const isEmpty = edit.editorText(context.ui.get().editor) === "";
  if (key.escape) return () => drop(context);
  const inPanel = isEmpty ? panelAction(context, screen, key) : null;
  if (inPanel) return inPanel;
  if (key.return && !key.meta && !key.shift) return () => void submit(context);
  if (key.ctrl && (input === "c" || (input === "d" && isEmpty))) return () => void interrupt(context);
  if (key.ctrl && input === "n") return () => cycleRoom(context, 1);
  if (key.ctrl && input === "p") return () => cycleRoom(context, -1);
  if (key.tab) return () => void completeWord(context, key.shift ? -1 : 1);
  if (key.upArrow) return () => moveOrRecall(context, "up");
  if (key.downArrow) return () => moveOrRecall(context, "down");
  return null;
}

/** Inserts pasted text. Its line ends do not send anything. */
export function paste(context: ChatContext, text: string): void {
  setEditor(context, edit.insert(context.ui.get().editor, text));
}

function setEditor(context: ChatContext, editor: edit.LineEditor): void {
  const before = context.ui.get().editor;
  context.ui.patch({ editor });
  const text = edit.editorText(editor);
  // Commands don't count as typing: the others would see a typing notice for nothing.
  if (text.length > edit.editorText(before).length && !text.startsWith("/"))
    currentRoom(context)?.setTyping();
}

function editKey(editor: edit.LineEditor, input: string, key: PressedKey): edit.LineEditor | null {
  if (key.return || (key.ctrl && input === "j") || input === "\n") return edit.insert(editor, "\n");
  if (key.leftArrow) return key.ctrl || key.meta ? edit.moveWordLeft(editor) : edit.moveLeft(editor);
  if (key.rightArrow) return key.ctrl || key.meta ? edit.moveWordRight(editor) : edit.moveRight(editor);
  if (key.home) return edit.moveToLineStart(editor);
  if (key.end) return edit.moveToLineEnd(editor);
  if (key.backspace) return key.meta || key.ctrl ? edit.deleteWordLeft(editor) : edit.deleteLeft(editor);
  if (key.delete) return edit.deleteRight(editor);
  if (key.ctrl) return editControl(editor, input);
  if (key.meta)
    return input === "b" ? edit.moveWordLeft(editor) : input === "f" ? edit.moveWordRight(editor) : null;
  return input === "" ? null : edit.insert(editor, input);
}

function editControl(editor: edit.LineEditor, input: string): edit.LineEditor | null {
  switch (input) {
    case "a":
      return edit.moveToLineStart(editor);
    case "e":
      return edit.moveToLineEnd(editor);
    case "b":
      return edit.moveLeft(editor);
    case "f":
      return edit.moveRight(editor);
    case "d":
      return edit.deleteRight(editor);
    case "h":
      return edit.deleteLeft(editor);
    case "w":
      return edit.deleteWordLeft(editor);
    case "u":
      return edit.deleteToLineStart(editor);
    case "k":
      return edit.deleteToLineEnd(editor);
    default:
      return null;
  }
}

/** Handles the keys that scroll or select. Returns true if this was one. */
function pressScrollKey(context: ChatContext, screen: Screen, key: PressedKey): boolean {
  if (key.meta && (key.upArrow || key.downArrow)) {
    select(context, screen, key.upArrow ? -1 : 1);
    return true;
  }
  const page = Math.max(1, screen.height - 1);
  if (key.pageUp) scroll(context, screen, -page);
  else if (key.pageDown) scroll(context, screen, page);
  else if (key.ctrl && key.home) scroll(context, screen, Number.NEGATIVE_INFINITY);
  else if (key.ctrl && key.end) scroll(context, screen, Number.POSITIVE_INFINITY);
  else return false;
  return true;
}

/** Scrolls with the mouse wheel. */
export function turnWheel(context: ChatContext, screen: Screen, direction: -1 | 1): void {
  scroll(context, screen, direction * ROWS_OF_WHEEL);
}

function scroll({ ui }: ChatContext, { messages, panel, height }: Screen, rows: number): void {
  if (panel) {
    const moved = scrollBy(panel, height, { at: ui.get().panelTop, rows });
    const last = { index: panel.count, row: 0 };
    ui.patch({ panelTop: moved === "end" ? last : moved });
  }
  if (!messages) return;
  if (!Number.isFinite(rows)) {
    ui.patch({ anchor: rows > 0 ? "end" : anchorAt(messages.items, { index: 0, row: 0 }) });
    return;
  }
  const at = positionOf(messages.items, ui.get().anchor);
  ui.patch({ anchor: anchorAt(messages.items, scrollBy(messages, height, { at, rows })) });
}

/** Selects the message before the selected one, or after it. Past the last one, nothing is selected. */
function select({ ui }: ChatContext, { messages, height }: Screen, step: 1 | -1): void {
  if (!messages || messages.count === 0) return;
  const { selected, anchor } = ui.get();
  const from = selected === null ? messages.count : indexOfKey(messages.items, selected);
  const index = Math.max(0, from + step);
  const item = messages.items[index];
  if (!item) {
    ui.patch({ selected: null });
    return;
  }
  const at = scrollTo(messages, height, { at: positionOf(messages.items, anchor), index });
  ui.patch({ selected: keyOf(item), anchor: anchorAt(messages.items, at) });
}

function moveOrRecall(context: ChatContext, direction: "up" | "down"): void {
  const { editor, history } = context.ui.get();
  const moved = edit.moveVertically(editor, direction);
  if (moved) {
    context.ui.patch({ editor: moved });
    return;
  }
  const recalled = recall(history, direction === "up" ? "older" : "newer", edit.editorText(editor));
  if (recalled) context.ui.patch({ history: recalled.history, editor: edit.editorWith(recalled.text) });
}

/** Esc: closes the topmost thing. */
function drop({ ui }: ChatContext): void {
  const { panel, mode, selected, notice } = ui.get();
  if (panel) ui.patch({ panel: null });
  else if (mode.kind === "edit") ui.patch({ mode: { kind: "new" }, editor: edit.emptyEditor });
  else if (mode.kind === "reply") ui.patch({ mode: { kind: "new" } });
  else if (selected !== null) ui.patch({ selected: null });
  else if (notice) ui.patch({ notice: null });
  else ui.patch({ anchor: "end" });
}

/** Ctrl-C: clears the text; with no text, quits. */
function interrupt(context: ChatContext): Promise<void> {
  if (edit.editorText(context.ui.get().editor) === "") return attempt(context, () => quit(context));
  context.ui.patch({ editor: edit.emptyEditor, mode: { kind: "new" } });
  return Promise.resolve();
}
