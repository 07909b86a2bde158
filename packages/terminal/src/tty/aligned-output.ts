import { graphemesOf, widthOf } from "../text/graphemes.ts";
import { replacing } from "./replacing.ts";

/** A control sequence, an operating system command, a control character, or a run of text. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that control a terminal
  /\u001b\[(?<parameters>[<-?\d;]*)(?<final>[@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|(?<control>[\u0000-\u001f\u007f])|(?<text>[^\u0000-\u001f\u007f]+)/gu;
/** Terminals disagree about the width of emoji, and of everything that has more than one code point. */
const MAY_DIFFER = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[\s\S]{2,})/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const CSI = "\u001b[";

/**
 * Keeps a screen's columns where they belong in every terminal. Terminals differ in the width that they give to an emoji
 * with a variation selector, a skin tone or a joiner. After each such character the cursor goes to the column where the
 * next one belongs, and everything behind it is erased. Rows are written to their ends, so nothing is lost by that.
 */
export class Aligner {
  #column = 0;

  /** Returns the output with the positions added. `columns` is the terminal's width. */
  align(output: string, columns: number): string {
    let aligned = "";
    for (const { 0: token, groups = {} } of output.matchAll(TOKEN)) {
      const { parameters = "", final, control, text } = groups;
      if (control !== undefined) this.#control(control);
      else if (final !== undefined) this.#move(parameters, final);
      aligned += text === undefined ? token : this.#text(text, columns);
    }
    return aligned;
  }

  #text(text: string, columns: number): string {
    if (PRINTABLE_ASCII.test(text)) {
      this.#column += text.length;
      return text;
    }
    let aligned = "";
    for (const grapheme of graphemesOf(text)) {
      const width = widthOf(grapheme);
      this.#column += width;
      // In the last column there is nothing behind it, and the cursor can't go further.
      const isSure = width === 0 || this.#column >= columns || !MAY_DIFFER.test(grapheme);
      // The blanks stay where the terminal draws it narrower.
      aligned += isSure
        ? grapheme
        : `${" ".repeat(width)}${CSI}${width}D${grapheme}${CSI}${this.#column + 1}G${CSI}K`;
    }
    return aligned;
  }

  #control(character: string): void {
    if (character === "\n" || character === "\r") this.#column = 0;
  }

  #move(parameters: string, final: string): void {
    const [first = 0, second = 0] = parameters.split(";").map(Number);
    if (final === "G") this.#column = Math.max(1, first) - 1;
    else if (final === "H") this.#column = Math.max(1, second) - 1;
    else if (final === "C") this.#column += Math.max(1, first);
    else if (final === "D") this.#column = Math.max(0, this.#column - Math.max(1, first));
    else if (final === "E" || final === "F") this.#column = 0;
  }
}

/** Wraps a terminal, so that all that is written to it is aligned. */
export function alignedOutput(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const aligner = new Aligner();
  const write = (chunk: string | Uint8Array, ...rest: []): boolean =>
    stdout.write(typeof chunk === "string" ? aligner.align(chunk, stdout.columns) : chunk, ...rest);
  return replacing(stdout, "write", write);
}
