import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { IconButton } from "../design/button.tsx";
import { sayError } from "../notices/notices.ts";

const SHOWN_MS = 2_000;

/** Lines of code as they are, with a button that copies them. */
export function CodeBlock({
  text,
  language,
}: {
  readonly text: string;
  readonly language: string;
}): ReactNode {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => setIsCopied(true), sayError);
  };
  return (
    <figure className="code-block" aria-label={language === "" ? "Code" : `Code: ${language}`}>
      {/* Long lines scroll, also by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <IconButton
        icon={isCopied ? Check : Copy}
        label={isCopied ? "Copied" : "Copy the code"}
        onClick={copy}
      />
    </figure>
  );
}
