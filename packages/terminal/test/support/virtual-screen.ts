import stringWidth from "string-width";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const ESCAPE = "\u001b";
/** A control sequence, a control character, or a run of text. */
const TOKEN = new RegExp(
  String.raw`(?<title>${ESCAPE}\]2;(?:\(\d+\) )?Confab\u0007)|(?<asks>${ESCAPE}\]11;\?\u0007)|${ESCAPE}\[(?<parameters>[?>]?[\d;]*)(?<final>[A-Za-z])|(?<control>\p{Cc})|(?<text>\P{Cc}+)`,
  "gu",
);

/** Modes without a visible effect here: cursor, paste, synchronous drawing, wrapping. */
const QUIET_MODES = new Set(["?25", "?2004", "?2026", "?7", "?1000", "?1006"]);

/**
 * A terminal's screen that knows exactly the sequences which the client may use. Everything else that reaches it,
 * as out of a hostile message, is an error.
 */
export class VirtualScreen {
  readonly columns: number;
  readonly rows: number;
  /** Sequences that have come and that no client of ours sends. */
  readonly violations: string[] = [];
  /** The window's title. */
  title = "";
  /** The number of times that the bell has rung. */
  bells = 0;
  /** True if the background's colour was asked for. */
  hasAsked = false;
  isAlternate = false;
  isWrapping = true;
  isCursorVisible = true;
  #cells: string[][] = [];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#clear();
  }

  write(output: string): void {
    for (const { groups = {} } of output.matchAll(TOKEN)) {
      const { parameters = "", final, control, text, title, asks } = groups;
      if (title !== undefined) this.title = title.slice(4, -1);
      else if (asks !== undefined) this.hasAsked = true;
      else if (text !== undefined) this.#put(text);
      else if (control !== undefined) this.#control(control);
      else this.#sequence(parameters, final ?? "");
    }
  }

  /** The visible text, without blanks at the ends of lines. */
  get text(): string {
    return this.#cells.map((line) => line.join("").trimEnd()).join("\n");
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => Array.from({ length: this.columns }, () => " "));
  }

  #put(text: string): void {
    for (const { segment } of segmenter.segment(text)) {
      const width = stringWidth(segment);
      const line = this.#cells[this.#row];
      if (!line || width === 0) continue;
      if (this.#column + width > this.columns)
        this.violations.push(`too wide: ${JSON.stringify(line.join(""))}`);
      line[this.#column] = segment;
      for (let next = 1; next < width; next++) line[this.#column + next] = "";
      this.#column += width;
    }
  }

  #control(character: string): void {
    if (character === "\n") {
      // The terminal's driver makes a carriage return of it too.
      this.#column = 0;
      if (this.#row === this.rows - 1)
        this.#cells = [...this.#cells.slice(1), Array.from({ length: this.columns }, () => " ")];
      else this.#row += 1;
    } else if (character === "\r") this.#column = 0;
    else if (character === "\u0007") this.bells++;
    else this.violations.push(`control character ${JSON.stringify(character)}`);
  }

  #sequence(parameters: string, final: string): void {
    const [first = 1, second = 1] = parameters.split(";").map((part) => Number(part || 1));
    const line = this.#cells[this.#row] ?? [];
    switch (final) {
      case "m":
        return;
      case "A":
        this.#row = Math.max(0, this.#row - first);
        return;
      case "B":
        this.#row = Math.min(this.rows - 1, this.#row + first);
        return;
      case "C":
        this.#column = Math.min(this.columns - 1, this.#column + first);
        return;
      case "D":
        this.#column = Math.max(0, this.#column - first);
        return;
      case "E":
        this.#row = Math.min(this.rows - 1, this.#row + first);
        this.#column = 0;
        return;
      case "G":
        this.#column = first - 1;
        return;
      case "H":
        this.#row = first - 1;
        this.#column = second - 1;
        return;
      case "K":
        line.fill(" ", parameters === "2" ? 0 : this.#column);
        return;
      case "J":
        line.fill(" ", this.#column);
        for (const below of this.#cells.slice(this.#row + 1)) below.fill(" ");
        return;
      case "t":
        if (parameters === "23;2") this.title = "";
        else if (parameters !== "22;2") this.violations.push(`ESC [ ${parameters}t`);
        return;
      case "h":
      case "l":
        this.#mode(parameters, final === "h");
        return;
      default:
        this.violations.push(`ESC [ ${parameters}${final}`);
    }
  }

  #mode(name: string, isOn: boolean): void {
    if (name === "?1049") {
      this.isAlternate = isOn;
      this.#clear();
      this.#row = 0;
      this.#column = 0;
    } else if (!QUIET_MODES.has(name)) this.violations.push(`mode ${name}`);
    if (name === "?7") this.isWrapping = isOn;
    if (name === "?25") this.isCursorVisible = isOn;
  }
}
