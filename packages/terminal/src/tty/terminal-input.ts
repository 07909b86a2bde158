import { replacing } from "./replacing.ts";

/** The reports that the terminal makes by itself, among the keys. */
export interface TerminalReports {
  /** The mouse wheel was turned: -1 is up, 1 is down. */
  readonly onWheel: (direction: -1 | 1) => void;
  /** The background's colour, as an answer to the question for it. */
  readonly onBackground: (answer: string) => void;
}

/** A mouse event in SGR form, or an answer about the background's colour. */
const REPORT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that control a terminal
  /\u001b\[<(?<button>\d+);\d+;\d+[Mm]|\u001b\]11;(?<answer>[^\u0007\u001b]*)(?:\u0007|\u001b\\)/gu;
/** The beginning of a report, whose rest is still to come. */
const BEGUN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that control a terminal
  /\u001b(?:\[<[\d;]{0,20}|\](?:1{0,2}|11;[^\u0007\u001b]{0,64}\u001b?))$/u;
const MODIFIERS = 4 | 8 | 16;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;

/** Wraps the keyboard, so that only keys are read from it. What the terminal reports goes to its own listeners. */
export function terminalInput(stdin: NodeJS.ReadStream, reports: TerminalReports): NodeJS.ReadStream {
  let begun = "";
  const read = (): string | null => {
    for (;;) {
      const chunk: string | Buffer | null = stdin.read();
      if (chunk === null) return null;
      const whole = begun + String(chunk);
      const keys = whole.replaceAll(REPORT, (...found) => report(found.at(-1), reports));
      begun = BEGUN.exec(keys)?.[0] ?? "";
      const complete = keys.slice(0, keys.length - begun.length);
      if (complete !== "") return complete;
    }
  };
  return replacing(stdin, "read", read);
}

function report(
  { button, answer }: { readonly button?: string; readonly answer?: string },
  { onWheel, onBackground }: TerminalReports,
): "" {
  if (answer !== undefined) onBackground(answer);
  const kind = Number(button) & ~MODIFIERS;
  if (kind === WHEEL_UP) onWheel(-1);
  else if (kind === WHEEL_DOWN) onWheel(1);
  return "";
}
