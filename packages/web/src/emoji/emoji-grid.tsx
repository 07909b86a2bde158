import { type KeyboardEvent, memo, type ReactNode, useDeferredValue, useRef, useState } from "react";
import { type EmojiGroup, emojiGroups, findEmoji } from "./emoji-list.ts";

const COLUMNS = 8;
const MAX_FOUND = 80;

/** A field to search, and all emoji below. Arrow keys move between them. */
export function EmojiGrid({ onChoose }: { readonly onChoose: (emoji: string) => void }): ReactNode {
  const [query, setQuery] = useState("");
  const deferred = useDeferredValue(query.trim());
  const box = useRef<HTMLDivElement>(null);
  const groups = deferred === "" ? emojiGroups : [{ title: "Found", emoji: findEmoji(deferred, MAX_FOUND) }];

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    const isInField = event.target instanceof HTMLInputElement;
    if (step === undefined || (isInField && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const cells = [...(box.current?.querySelectorAll<HTMLElement>("[data-emoji]") ?? [])];
    const index = cells.findIndex((cell) => cell.contains(document.activeElement));
    const next = index === -1 ? 0 : index + step;
    if (next < 0) box.current?.querySelector("input")?.focus();
    else cells[Math.min(next, cells.length - 1)]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: moves the focus between the buttons inside
    <div className="emoji-box" ref={box} onKeyDown={onKeyDown}>
      <input
        className="input"
        type="search"
        aria-label="Find an emoji"
        placeholder="Find an emoji"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          const [first] = findEmoji(query.trim(), 1);
          if (event.key !== "Enter" || !first) return;
          // Else the key also presses the button that has the focus after the grid: the grid would open again.
          event.preventDefault();
          onChoose(first.emoji);
        }}
      />
      <div className="emoji-scroll">
        {groups.map((group) => (
          <Group key={group.title} group={group} onChoose={onChoose} />
        ))}
        {groups[0]?.emoji.length === 0 && <p className="field-hint">No emoji is called so.</p>}
      </div>
    </div>
  );
}

interface GroupProps {
  readonly group: EmojiGroup;
  readonly onChoose: (emoji: string) => void;
}

const Group = memo(function Group({ group: { title, emoji }, onChoose }: GroupProps): ReactNode {
  return (
    <section className="emoji-group" aria-label={title}>
      <h3>{title}</h3>
      <div className="emoji-cells">
        {emoji.map((each, index) => (
          <button
            key={each.emoji}
            type="button"
            className="emoji-cell"
            data-emoji=""
            tabIndex={index === 0 ? 0 : -1}
            title={`:${each.names[0] ?? ""}:`}
            aria-label={(each.names[0] ?? each.emoji).replaceAll("_", " ")}
            onClick={() => onChoose(each.emoji)}
          >
            {each.emoji}
          </button>
        ))}
      </div>
    </section>
  );
});
