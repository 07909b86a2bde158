import assert from "node:assert/strict";
import { test } from "node:test";
import { splitLinks } from "./links.ts";
import { plainText } from "./plain-text.ts";
import { type MarkdownNode, markdownTree } from "./tree.ts";

/** Writes a tree as `kind(children)`. */
function shape(nodes: readonly MarkdownNode[]): string {
  return nodes
    .map((node) => {
      if (node.kind === "text") return node.text;
      if (node.kind === "break") return "⏎";
      if (node.kind === "code" || node.kind === "code-block") return `${node.kind}[${node.text}]`;
      const about = node.kind === "link" ? `<${node.url}>` : "";
      return `${node.kind}${about}(${shape(node.children)})`;
    })
    .join("");
}

const shapeOf = (text: string): string => shape(markdownTree(text));

test("the subset of Markdown is read", () => {
  assert.equal(shapeOf("**b** *i* ~~s~~ `c`"), "paragraph(bold(b) italic(i) struck(s) code[c])");
  assert.equal(shapeOf("one\ntwo"), "paragraph(one⏎two)");
  assert.equal(shapeOf("```ts\nlet x;\n```"), "code-block[let x;]");
  assert.equal(shapeOf("> q\n\nt"), "quote(paragraph(q))paragraph(t)");
  assert.equal(shapeOf("- a\n- b"), "list(item(a)item(b))");
  assert.equal(shapeOf("[x](https://a.example/)"), "paragraph(link<https://a.example/>(x))");
});

test("what is not in the subset stays as it was typed", () => {
  assert.equal(shapeOf("# no heading"), "paragraph(# no heading)");
  assert.equal(shapeOf("![x](https://a.example/x.png)").includes("image"), false);
  assert.equal(
    shapeOf("<b>x</b> <script>alert(1)</script>"),
    "paragraph(<b>x</b> <script>alert(1)</script>)",
  );
  assert.equal(shapeOf("| a |\n|---|\n| b |"), "paragraph(| a |⏎|---|⏎| b |)");
  assert.equal(shapeOf("---"), "paragraph(---)");
  assert.equal(shapeOf("snake_case_name 2 * 3 * 4"), "paragraph(snake_case_name 2 * 3 * 4)");
});

test("only http and https are links", () => {
  for (const url of [
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//evil.example",
    "file:///etc/passwd",
  ]) {
    assert.ok(!shapeOf(`[x](${url}) <${url}>`).includes("link"), url);
  }
  assert.ok(!shapeOf("https://bank.example@evil.example").includes("link"));
  assert.equal(
    shapeOf("see https://a.example/b(c)."),
    "paragraph(see link<https://a.example/b(c)>(https://a.example/b(c)).)",
  );
});

test("a link ends before the punctuation of its sentence", () => {
  const urlsIn = (text: string): (string | null)[] =>
    splitLinks(text)
      .map(({ url }) => url)
      .filter(Boolean);
  assert.deepEqual(urlsIn("(https://a.example/x), then https://b.example!"), [
    "https://a.example/x",
    "https://b.example/",
  ]);
  assert.deepEqual(urlsIn("xhttps://a.example"), []);
  assert.deepEqual(urlsIn("HTTPS://A.example/Ü"), ["https://a.example/%C3%9C"]);
  assert.equal(splitLinks("").length, 0);
});

test("hostile text takes no time and never throws", () => {
  const hostile = ["*", "[", "`", ">", "- ", "(", "**_", "[](", "&", "![", "1. ", "~~", "\\"];
  const begin = performance.now();
  for (const part of hostile) markdownTree(part.repeat(16_384 / part.length));
  assert.ok(performance.now() - begin < 5_000, `${performance.now() - begin} ms`);
});

test("a line of a message for lists has no marks", () => {
  assert.equal(plainText("**Hello** `x`\n> quoted\n- item"), "Hello x quoted item");
  assert.equal(plainText("```js\nlet x\n```"), "let x");
  assert.equal(plainText("[a](https://b.example)"), "a");
  assert.equal(plainText("2 * 3 * 4"), "2 * 3 * 4");
});
