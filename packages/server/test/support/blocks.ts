/** A fenced code block of a Markdown document. */
export interface Block {
  /** The word behind the fence: `sh`, `ts`, `text`. */
  readonly language: string;
  readonly text: string;
  /** The number of its first line in the document. */
  readonly line: number;
}

/** The code blocks of a document, in order. */
export function blocksIn(document: string): readonly Block[] {
  return [...document.matchAll(/^( *)```([^\n]*)\n(.*?)^ *```$/gms)].map(
    ([, indent = "", language = "", text = ""], index, all) => ({
      language: language.trim(),
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      line: document.slice(0, all[index]?.index).split("\n").length,
    }),
  );
}
