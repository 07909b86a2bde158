import type { Token } from "markdown-it";
import { safeUrl, splitLinks } from "./links.ts";
import { tokensOf } from "./tokens.ts";

/** A part of a message's text, safe to show: links are http or https, and nothing is HTML. */
export type MarkdownNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "code-block"; readonly text: string; readonly language: string }
  | { readonly kind: "link"; readonly url: string; readonly children: readonly MarkdownNode[] }
  | { readonly kind: "list"; readonly start: number | null; readonly children: readonly MarkdownNode[] }
  | {
      readonly kind: "paragraph" | "quote" | "item" | "bold" | "italic" | "struck";
      readonly children: readonly MarkdownNode[];
    };

type Container = Exclude<MarkdownNode["kind"], "text" | "break" | "code" | "code-block" | "link" | "list">;

const containers: Readonly<Record<string, Container>> = {
  paragraph: "paragraph",
  blockquote: "quote",
  list_item: "item",
  strong: "bold",
  em: "italic",
  s: "struck",
};

/** Reads a message's text as the page's subset of Markdown. */
export function markdownTree(text: string): readonly MarkdownNode[] {
  return build(tokensOf(text));
}

interface Frame {
  readonly token: Token | null;
  readonly children: MarkdownNode[];
}

function build(tokens: readonly Token[], isInLink = false): readonly MarkdownNode[] {
  const root: MarkdownNode[] = [];
  const stack: Frame[] = [{ token: null, children: root }];
  let linkDepth = isInLink ? 1 : 0;
  for (const token of tokens) {
    const top = stack.at(-1)?.children ?? root;
    if (token.nesting === 1) {
      if (token.type === "link_open") linkDepth++;
      stack.push({ token, children: [] });
    } else if (token.nesting === -1) {
      if (token.type === "link_close") linkDepth--;
      const frame = stack.length > 1 ? stack.pop() : undefined;
      if (frame?.token) (stack.at(-1)?.children ?? root).push(...closed(frame.token, frame.children));
    } else {
      top.push(...leaf(token, linkDepth > 0));
    }
  }
  return root;
}

/** A tight list's paragraphs are hidden: their content stands in the item itself. */
function closed(token: Token, children: readonly MarkdownNode[]): readonly MarkdownNode[] {
  if (token.hidden) return children;
  const name = token.type.replace(/_open$/, "");
  if (name === "bullet_list") return [{ kind: "list", start: null, children }];
  if (name === "ordered_list")
    return [{ kind: "list", start: Number(token.attrGet("start") ?? 1), children }];
  if (name === "link") {
    const url = safeUrl(String(token.attrGet("href") ?? ""));
    return url === null ? children : [{ kind: "link", url, children }];
  }
  const kind = containers[name];
  return kind === undefined ? children : [{ kind, children }];
}

function leaf(token: Token, isInLink: boolean): readonly MarkdownNode[] {
  switch (token.type) {
    case "inline":
      return build(token.children ?? [], isInLink);
    case "softbreak":
    case "hardbreak":
      return [{ kind: "break" }];
    case "code_inline":
      return [{ kind: "code", text: token.content }];
    case "fence":
    case "code_block":
      return [
        { kind: "code-block", text: token.content.replace(/\n$/, ""), language: languageOf(token.info) },
      ];
    default:
      return isInLink ? [{ kind: "text", text: token.content }] : linked(token.content);
  }
}

function linked(text: string): readonly MarkdownNode[] {
  return splitLinks(text).map((part) =>
    part.url === null
      ? { kind: "text", text: part.text }
      : { kind: "link", url: part.url, children: [{ kind: "text", text: part.text }] },
  );
}

function languageOf(info: string): string {
  return /^[\w+#.-]{1,20}/.exec(info.trim())?.[0] ?? "";
}
