import type { Key } from "ink";

/** The part of Ink's key that is used here. */
export type PressedKey = Partial<Key>;

export interface KeyPress {
  readonly input: string;
  readonly key: PressedKey;
}

const CONTROL = /\p{Cc}/u;
const CTRL_LETTERS_FROM = 0x60;

/**
 * Splits Ink's input into single keys. Keys that arrive quickly, over a slow line or from a program, come as one text
 * with Enter and Tab in it.
 */
export function splitKeys(input: string, key: PressedKey): readonly KeyPress[] {
  // Nobody means Alt-/ here: it is Esc with a command right behind it, which must not become a message.
  if (key.meta && input.startsWith("/")) {
    return [{ input: "", key: { escape: true } }, ...splitKeys(input, {})];
  }
  if (input.length < 2 || !CONTROL.test(input)) return [{ input, key }];
  return input
    .split(/(\p{Cc})/u)
    .filter((part) => part !== "")
    .map((part) => (CONTROL.test(part) ? controlKey(part) : { input: part, key: {} }));
}

function controlKey(character: string): KeyPress {
  switch (character) {
    case "\r":
      return { input: "", key: { return: true } };
    case "\t":
      return { input: "", key: { tab: true } };
    case "\b":
    case "\u007f":
      return { input: "", key: { backspace: true } };
    case "\u001b":
      return { input: "", key: { escape: true } };
    default:
      return { input: String.fromCharCode(character.charCodeAt(0) + CTRL_LETTERS_FROM), key: { ctrl: true } };
  }
}
