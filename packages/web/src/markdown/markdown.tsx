import { memo, type ReactNode, useMemo } from "react";
import { CodeBlock } from "./code-block.tsx";
import { type MarkdownNode, markdownTree } from "./tree.ts";
import "./markdown.css";

const MENTION = /(?<=^|[\s(])@[\p{L}\p{N}._-]*[\p{L}\p{N}_]/gu;

interface MarkdownProps {
  readonly text: string;
  /** Marks names after `@`: the message mentions somebody. */
  readonly hasMentions?: boolean;
}

/** Shows a message's text as elements; nothing of it becomes HTML. */
export const Markdown = memo(function Markdown({ text, hasMentions = false }: MarkdownProps): ReactNode {
  const tree = useMemo(() => markdownTree(text), [text]);
  return <div className="markdown">{tree.map((node, index) => element(node, index, hasMentions))}</div>;
});

function element(node: MarkdownNode, key: number, hasMentions: boolean): ReactNode {
  switch (node.kind) {
    case "text":
      return hasMentions ? <MentionedText key={key} text={node.text} /> : node.text;
    case "break":
      return <br key={key} />;
    case "code":
      return <code key={key}>{node.text}</code>;
    case "code-block":
      return <CodeBlock key={key} text={node.text} language={node.language} />;
    case "link":
      return (
        <a key={key} href={node.url} target="_blank" rel="noopener noreferrer">
          {node.children.map((child, index) => element(child, index, false))}
        </a>
      );
    case "list":
      return node.start === null ? (
        <ul key={key}>{inside(node.children, hasMentions)}</ul>
      ) : (
        <ol key={key} start={node.start}>
          {inside(node.children, hasMentions)}
        </ol>
      );
    default: {
      const Tag = tags[node.kind];
      return <Tag key={key}>{inside(node.children, hasMentions)}</Tag>;
    }
  }
}

const tags = {
  paragraph: "p",
  quote: "blockquote",
  item: "li",
  bold: "strong",
  italic: "em",
  struck: "s",
} as const;

function inside(nodes: readonly MarkdownNode[], hasMentions: boolean): readonly ReactNode[] {
  return nodes.map((child, index) => element(child, index, hasMentions));
}

function MentionedText({ text }: { readonly text: string }): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(MENTION)) {
    parts.push(
      text.slice(end, index),
      <span key={index} className="mention">
        {found}
      </span>,
    );
    end = index + found.length;
  }
  return [...parts, text.slice(end)];
}
