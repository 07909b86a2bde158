import type { Room } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { type ReactNode, useEffect, useState } from "react";
import { Avatar } from "../design/avatar.tsx";
import { type Completion, type Wanted, wantedAt } from "./completing.ts";

type Insert = (from: number, text: string) => void;

interface Completions {
  readonly list: readonly Completion[];
  readonly active: Completion | undefined;
  readonly from: number;
  /** Handles a key of the text field; returns true if it was one for the list. */
  readonly onKey: (key: string, insert: Insert) => boolean;
  readonly onPoint: (index: number) => void;
}

/** Finds the completions of the word before the cursor. */
export function useCompletions(room: Room, text: string, cursor: number): Completions {
  const { me } = useChat();
  const [found, setFound] = useState<{
    readonly wanted: Wanted;
    readonly list: readonly Completion[];
  } | null>(null);
  const [index, setIndex] = useState(0);
  const [dismissed, setDismissed] = useState<number | null>(null);
  const wanted = wantedAt(text, cursor);
  const { kind, start, from } = wanted ?? { kind: null, start: "", from: -1 };

  useEffect(() => {
    setIndex(0);
    if (kind === null) {
      setFound(null);
      setDismissed(null);
      return;
    }
    let isCurrent = true;
    const asked: Wanted = { kind, start, from };
    // Loaded with the first word to complete. Without an answer nothing is offered.
    import("./completions.ts")
      .then(({ completionsFor }) => completionsFor(room, me, asked))
      .then(
        (list) => isCurrent && setFound({ wanted: asked, list }),
        () => isCurrent && setFound(null),
      );
    return () => {
      isCurrent = false;
    };
  }, [room, me, kind, start, from]);

  const isOpen =
    wanted !== null && dismissed !== from && found?.wanted.kind === kind && found.wanted.from === from;
  const list = isOpen ? found.list : [];
  const active = list[Math.min(index, list.length - 1)];
  return {
    list,
    active,
    from,
    onPoint: setIndex,
    onKey(key, insert) {
      if (!active) return false;
      if (key === "ArrowDown") setIndex((index + 1) % list.length);
      else if (key === "ArrowUp") setIndex((index + list.length - 1) % list.length);
      else if (key === "Escape") setDismissed(from);
      else if (key === "Tab" || (key === "Enter" && active.text !== text.trim())) insert(from, active.text);
      else return false;
      return true;
    },
  };
}

/** Returns the id of a completion's element. */
export function completionId({ key }: Completion): string {
  return `completion-${key}`;
}

/** The completions, above the text field, which keeps the focus. */
export function CompletionList({
  list,
  active,
  from,
  onPoint,
  onChoose,
}: Completions & { readonly onChoose: Insert }): ReactNode {
  const activeId = active && completionId(active);
  useEffect(() => {
    if (activeId !== undefined) document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);
  if (list.length === 0) return null;
  return (
    <div className="completions" id="completions" role="listbox" aria-label="Completions">
      {list.map((completion, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus, and handles the keys
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div
          key={completion.key}
          id={completionId(completion)}
          className="completion"
          role="option"
          aria-selected={completion === active}
          onPointerMove={() => onPoint(index)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(from, completion.text)}
        >
          <Picture {...completion} />
          <span className="completion-label truncated">{completion.label}</span>
          <span className="completion-hint truncated">{completion.hint}</span>
        </div>
      ))}
    </div>
  );
}

function Picture({ picture }: Completion): ReactNode {
  if (!picture) return null;
  if ("emoji" in picture) return <span className="completion-emoji">{picture.emoji}</span>;
  return <Avatar {...picture} size="small" showsPresence />;
}
