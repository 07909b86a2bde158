/** Some terminals draw a character wider than they count it. It must not push the rest of its row onto the next one. */
const NO_LINE_WRAP = "\u001b[?7l";
const LINE_WRAP = "\u001b[?7h";
/** Reports of the mouse's buttons and wheel, in SGR form. */
const MOUSE = "\u001b[?1000h\u001b[?1006h";
const NO_MOUSE = "\u001b[?1006l\u001b[?1000l";
/** Saves the window's title, and brings it back. */
const KEEP_TITLE = "\u001b[22;2t";
const LAST_TITLE = "\u001b[23;2t";
const ASK_BACKGROUND = "\u001b]11;?\u0007";
/** Rings, or flashes the window: as the terminal is set. */
export const BELL = "\u0007";

/** The parts of the terminal that the user may keep as they are. */
export interface TerminalWishes {
  readonly hasMouse: boolean;
  readonly hasAlerts: boolean;
  readonly hasColor: boolean;
}

/** The sequences to begin with. */
export function entering({ hasMouse, hasAlerts, hasColor }: TerminalWishes): string {
  return [
    NO_LINE_WRAP,
    hasMouse ? MOUSE : "",
    hasAlerts ? KEEP_TITLE + titleOf(0) : "",
    hasColor ? ASK_BACKGROUND : "",
  ].join("");
}

/** The sequences that leave the terminal as it was. */
export function leaving({ hasMouse, hasAlerts }: TerminalWishes): string {
  return [hasMouse ? NO_MOUSE : "", hasAlerts ? LAST_TITLE : "", LINE_WRAP].join("");
}

/** The window's title with the number of messages to the user. No text of others is ever in it. */
export function titleOf(count: number): string {
  return `\u001b]2;${count > 0 ? `(${count}) ` : ""}Confab\u0007`;
}
