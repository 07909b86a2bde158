import type { Choice } from "../commands/complete.ts";
import { emptyHistory, type InputHistory } from "../input/history.ts";
import { emptyEditor, type LineEditor } from "../input/line-editor.ts";
import type { Panel } from "../screen/panel.ts";
import type { ScrollPosition } from "../screen/viewport.ts";

/** A message's key in the list: its number, or the client message id until it has one. */
export type MessageKey = number | string;

/** The effect of sending the text: a new message, an edit or a reply. */
type WritingMode =
  | { readonly kind: "new" }
  | { readonly kind: "reply"; readonly seq: number }
  | { readonly kind: "edit"; readonly seq: number };

/** The scroll position: following the end, or this message's row at the top. */
export type MessageAnchor = "end" | { readonly key: MessageKey; readonly row: number };

/** The chat screen's own state; everything else comes from the server. */
export interface UiState {
  readonly roomId: string | null;
  readonly editor: LineEditor;
  /** Unsent text of rooms that are not open. */
  readonly drafts: ReadonlyMap<string, LineEditor>;
  readonly history: InputHistory;
  readonly mode: WritingMode;
  readonly anchor: MessageAnchor;
  readonly selected: MessageKey | null;
  /** Messages after this one are new since the room was opened; null hides the line. */
  readonly newAfterSeq: number | null;
  readonly panel: Panel | null;
  readonly panelTop: ScrollPosition;
  /** Index of the entry that Enter opens. */
  readonly panelChoice: number;
  readonly notice: Notice | null;
  readonly showsNumbers: boolean;
  /** The number of unsent messages in the warning shown when the user last tried to quit; 0 before that. */
  readonly warnedOfUnsent: number;
  /** The command that is done when it is entered again; null if none has asked. */
  readonly asked: string | null;
  /** True while the user wants to be shown as away. */
  readonly isAway: boolean;
  /** The choices of the last Tab; over when `editor` is not `shown` any more. */
  readonly completing: Completing | null;
}

/** A word that Tab has completed in one of several ways. */
export interface Completing {
  readonly before: string;
  readonly choices: readonly Choice[];
  readonly after: string;
  readonly index: number;
  readonly shown: LineEditor;
}

/** A short answer to the last input, or news that concern the user. */
export interface Notice {
  readonly kind: "info" | "error";
  readonly text: string;
  /** The time or event that makes it go; Esc and the next input do in any case. */
  readonly until: "soon" | "online" | "input";
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
  asked: null,
  isAway: false,
  completing: null,
};
