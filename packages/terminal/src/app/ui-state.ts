import { emptyHistory, type InputHistory } from "../input/history.ts";
import { emptyEditor, type LineEditor } from "../input/line-editor.ts";
import type { Panel } from "../screen/panel.ts";
import type { ScrollPosition } from "../screen/viewport.ts";

/** A message's name in the list: its number, or while it has none the id that its sender chose. */
export type MessageKey = number | string;

/** What a message that is being written will be. */
export type WritingMode =
  | { readonly kind: "new" }
  | { readonly kind: "reply"; readonly seq: number }
  | { readonly kind: "edit"; readonly seq: number };

/** Where the messages stand: at their end, which they follow, or with this message's row on top. */
export type MessageAnchor = "end" | { readonly key: MessageKey; readonly row: number };

/** All that the chat screen shows and that is not the server's. */
export interface UiState {
  readonly roomId: string | null;
  readonly editor: LineEditor;
  /** What was being written in rooms that one has gone away from. */
  readonly drafts: ReadonlyMap<string, LineEditor>;
  readonly history: InputHistory;
  readonly mode: WritingMode;
  readonly anchor: MessageAnchor;
  readonly selected: MessageKey | null;
  /** Messages after this one are new since the room was opened; null where the line is not to be seen. */
  readonly newAfterSeq: number | null;
  readonly panel: Panel | null;
  readonly panelTop: ScrollPosition;
  /** Which of the panel's entries Enter opens. */
  readonly panelChoice: number;
  readonly notice: Notice | null;
  readonly showsNumbers: boolean;
  /** How many messages were unsent when one wanted to leave and was told so; 0 before that. */
  readonly warnedOfUnsent: number;
}

/** A short answer to what was entered last. */
export interface Notice {
  readonly kind: "info" | "error";
  readonly text: string;
}

export const initialUi: UiState = {
  roomId: null,
  editor: emptyEditor,
  drafts: new Map(),
  history: emptyHistory,
  mode: { kind: "new" },
  anchor: "end",
  selected: null,
  newAfterSeq: null,
  panel: null,
  panelTop: { index: 0, row: 0 },
  panelChoice: 0,
  notice: null,
  showsNumbers: false,
  warnedOfUnsent: 0,
};
