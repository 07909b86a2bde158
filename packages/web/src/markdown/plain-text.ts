const MAX_CHARACTERS = 200;

/** Makes one line of a message for a list or a quote, without most marks of Markdown. */
export function plainText(text: string): string {
  return withoutMarks(text.slice(0, 4 * MAX_CHARACTERS))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_CHARACTERS);
}

/** Takes most marks of Markdown off a text, and leaves its lines. */
export function withoutMarks(text: string): string {
  return text
    .replace(/```[^\n`]*\n?/g, "")
    .replace(/^\s*(?:>+|[-*+]|\d+[.)])\s+/gm, "")
    .replace(/(\*\*|__|`|~~)(?=\S)([^\n]*?\S)\1/g, "$2")
    .replace(/\[([^\]\n]+)\]\(https?:[^)\s]+\)/g, "$1");
}
