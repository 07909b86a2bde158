const INDENT = "    ";

// Control characters (C0 with ESC, DEL, C1), line and paragraph separators, and the marks that reorder text.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** Returns the text as one line that cannot steer the terminal or hide its content: ESC becomes `\x1b`. */
export function printable(text) {
  return text.replaceAll("\t", INDENT).replace(UNSAFE, escapeSequence);
}

/**
 * Like `printable`, but keeps line breaks. It indents every line but the first, so that none looks like a new message.
 */
export function printableLines(text) {
  return text.split(/\r?\n/).map(printable).join(`\n${INDENT}`);
}

function escapeSequence(character) {
  const code = character.codePointAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
