import { isLikelyAllowed, type Room, type TimelineItem } from "@confab/client/core";
import { useChat, useRoomInfo } from "@confab/client/react";
import { ArrowUp, Check, Smile, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useConversation } from "../conversation/conversation-context.ts";
import { IconButton } from "../design/button.tsx";
import { plainText } from "../markdown/plain-text.ts";
import { completed } from "./completing.ts";
import { CompletionList, completionId, useCompletions } from "./completion-list.tsx";
import { draftOf, keepDraft, placeOf } from "./drafts.ts";
import { useSubmit } from "./use-submit.ts";
import type { Writing } from "./writing.ts";
import "./composer.css";

interface ComposerProps {
  readonly room: Room;
  readonly writing: Writing;
  readonly onWriting: (writing: Writing) => void;
  /** Set in a thread: its first message. */
  readonly threadRootSeq?: number | undefined;
}

/** Writes messages, or says why the user can't. */
export function Composer({ room, writing, onWriting, threadRootSeq }: ComposerProps): ReactNode {
  const { me } = useChat();
  const info = useRoomInfo(room);
  const query = { me, room: info };
  const mutedUntil = info?.self?.mutedUntil;
  const isMuted = mutedUntil !== undefined && mutedUntil.getTime() > Date.now();
  const mayPost = isLikelyAllowed("post", query);
  return (
    <div className="composer">
      {isMuted || !mayPost ? (
        <p className="composer-closed">
          {isMuted
            ? "You are muted in this room: you can read, and not write."
            : "You can read this room, and not write."}
        </p>
      ) : (
        <Writer {...{ room, writing, onWriting, threadRootSeq }} title={info?.title ?? ""} />
      )}
    </div>
  );
}

function Writer(props: ComposerProps & { readonly title: string }): ReactNode {
  const { room, writing, onWriting, threadRootSeq, title } = props;
  const placeId = placeOf(room.id, threadRootSeq);
  const { me } = useChat();
  const { pickEmoji } = useConversation();
  const [text, setText] = useState(() => draftOf(me.id, placeId));
  const [cursor, setCursor] = useState(text.length);
  const area = useRef<HTMLTextAreaElement>(null);
  const completions = useCompletions(room, text, cursor);
  const submit = useSubmit({ room, threadRootSeq }, onWriting);

  const write = (next: string, position = next.length): void => {
    setText(next);
    setCursor(position);
    if (writing.kind !== "edit") keepDraft(me.id, placeId, next);
    if (next !== "" && !next.startsWith("/")) room.setTyping();
  };
  useWritingChanges({ placeId, writing, area, write, meId: me.id });
  useHeight(area, text);
  useFocus(area);

  // The text that React sets moves the cursor to its end.
  const moveTo = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (moveTo.current === null) return;
    area.current?.setSelectionRange(moveTo.current, moveTo.current);
    moveTo.current = null;
  });
  const insert = (from: number, added: string): void => {
    const next = completed(text, cursor, from, added);
    moveTo.current = next.cursor;
    write(next.text, next.cursor);
    area.current?.focus();
  };
  const isHere = (item: TimelineItem): boolean =>
    threadRootSeq === undefined || item.threadRootSeq === threadRootSeq;
  const send = (): void => {
    if (!submit(text, writing)) return;
    if (writing.kind === "edit") return;
    write("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (completions.onKey(event.key, insert)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !isTouch()) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && writing.kind !== "new") onWriting({ kind: "new" });
    else if (event.key === "ArrowUp" && text === "" && writing.kind === "new") {
      const last = room.timeline
        .get()
        .items.findLast((item) => item.isMine && item.state === "sent" && !item.isDeleted && isHere(item));
      if (!last) return;
      event.preventDefault();
      onWriting({ kind: "edit", item: last });
    }
  };
  const active = completions.active;
  const hint = threadRootSeq === undefined ? `Message to ${title}` : "Answer in the thread";
  return (
    <>
      <CompletionList {...completions} onChoose={insert} />
      <div className="composer-box">
        {writing.kind !== "new" && (
          <WritingBar writing={writing} onCancel={() => onWriting({ kind: "new" })} />
        )}
        <textarea
          ref={area}
          className="composer-text"
          rows={1}
          value={text}
          aria-label={writing.kind === "edit" ? "Edit the message" : hint}
          placeholder={hint}
          aria-autocomplete="list"
          aria-controls={active ? "completions" : undefined}
          aria-activedescendant={active ? completionId(active) : undefined}
          onChange={({ target }) => write(target.value, target.selectionStart)}
          onSelect={({ currentTarget }) => setCursor(currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          icon={Smile}
          label="Add an emoji"
          onClick={({ currentTarget }) => pickEmoji(currentTarget, (emoji) => insert(cursor, emoji))}
        />
        <IconButton
          className="composer-send"
          icon={writing.kind === "edit" ? Check : ArrowUp}
          label={writing.kind === "edit" ? "Save" : "Send"}
          disabled={text.trim() === ""}
          onClick={send}
        />
      </div>
    </>
  );
}

function WritingBar({
  writing,
  onCancel,
}: {
  readonly writing: Exclude<Writing, { kind: "new" }>;
  readonly onCancel: () => void;
}): ReactNode {
  const { sender, text } = writing.item;
  return (
    <div className="composer-writing">
      <span className="truncated">
        {writing.kind === "edit" ? (
          "Editing a message"
        ) : (
          <>
            Reply to <strong>{sender.displayName}</strong> {plainText(text)}
          </>
        )}
      </span>
      <IconButton icon={X} label="Cancel" onClick={onCancel} />
    </div>
  );
}

interface WritingChanges {
  readonly placeId: string;
  readonly writing: Writing;
  readonly area: React.RefObject<HTMLTextAreaElement | null>;
  readonly write: (text: string) => void;
  readonly meId: string;
}

/** Takes the message's text for an edit, and gives the draft back after it. */
function useWritingChanges({ placeId, writing, area, write, meId }: WritingChanges): void {
  const last = useRef(writing);
  useEffect(() => {
    if (last.current === writing) return;
    const was = last.current;
    last.current = writing;
    if (writing.kind === "edit") write(writing.item.text);
    else if (was.kind === "edit") write(draftOf(meId, placeId));
    area.current?.focus();
  });
}

/** Grows the field with its text. */
function useHeight(area: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [area, text]);
}

/** Focuses the field when a room opens, but on phones, where this brings up the keyboard. */
function useFocus(area: React.RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    if (!isTouch()) area.current?.focus();
  }, [area]);
}

/** On phones, Enter begins a new line: there is a button to send. */
function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
