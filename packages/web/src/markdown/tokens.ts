import MarkdownIt, { type Token } from "markdown-it";

/** Nesting beyond this is shown as it was typed. */
const MAX_NESTING = 20;

const parser = new MarkdownIt("zero", {
  html: false,
  linkify: false,
  breaks: true,
  maxNesting: MAX_NESTING,
}).enable([
  "fence",
  "blockquote",
  "list",
  "backticks",
  "emphasis",
  "strikethrough",
  "link",
  "escape",
  "entity",
  "newline",
  "balance_pairs",
  "fragments_join",
]);

/** Splits a message into the tokens of the page's subset of Markdown. */
export function tokensOf(text: string): readonly Token[] {
  return parser.parse(text, {});
}
