import type { Room } from "@confab/client/core";
import { useChat } from "@confab/client/react";
import { useLocation } from "wouter";
import { type CommandName, parseEntered } from "../commands/commands.ts";
import { say, sayError } from "../notices/notices.ts";
import { sentence } from "../text/error-words.ts";
import { keepDraft, placeOf } from "./drafts.ts";
import { handlesIn, mentionsIn } from "./mentions.ts";
import type { Writing } from "./writing.ts";

/** A room, or a thread in it. */
interface Place {
  readonly room: Room;
  readonly threadRootSeq?: number | undefined;
}

type Submit = (text: string, writing: Writing) => boolean;

/** Returns a function that sends a text, saves an edit or runs a command. It returns true if the text was taken. */
export function useSubmit({ room, threadRootSeq }: Place, onWriting: (writing: Writing) => void): Submit {
  const chat = useChat();
  const [, navigate] = useLocation();
  return (text, writing) => {
    const entered = parseEntered(text);
    if (entered.kind === "nothing") return false;
    if (writing.kind === "edit") {
      saveEdit(text.trimEnd(), writing);
      onWriting({ kind: "new" });
      return true;
    }
    if (entered.kind === "unknown") {
      say(`There is no command /${entered.word}. Two slashes begin a message with a slash.`, "error");
      return false;
    }
    if (entered.kind === "command") {
      void run(entered.name, entered.argument);
      return true;
    }
    void send(entered.text, writing.kind === "reply" ? writing.item.seq : undefined);
    onWriting({ kind: "new" });
    return true;
  };

  async function run(name: CommandName, argument: string): Promise<void> {
    try {
      const { runCommand } = await import("../commands/run-command.ts");
      const told = await runCommand({ chat, room, navigate }, name, argument);
      if (told !== undefined) say(sentence(told));
    } catch (error) {
      sayError(error);
    }
  }

  /** Texts without names go at once, so that they keep their order; others wait for the members. */
  async function send(text: string, replyToSeq: number | undefined): Promise<void> {
    const mentionUserIds = handlesIn(text).size === 0 ? [] : await mentionsIn(room, text, chat.me);
    room
      .send(text, { replyToSeq, threadRootSeq, mentionUserIds })
      .catch((error: unknown) => giveBack(text, error));
  }

  /** Gives a text back that was refused at once; others stay in the list as failed. */
  function giveBack(text: string, error: unknown): void {
    const isShown = room.timeline.get().items.some((item) => item.state === "failed" && item.error === error);
    if (isShown || chat.connection.get().status === "closed") return;
    sayError(error);
    keepDraft(chat.me.id, placeOf(room.id, threadRootSeq), text);
  }

  function saveEdit(text: string, { item }: Extract<Writing, { kind: "edit" }>): void {
    if (text === item.text) return;
    const edit = async (): Promise<void> => {
      const before = new Set(await mentionsIn(room, item.text, chat.me));
      // Another client may have mentioned people without writing their names.
      const unwritten = item.mentionUserIds.filter((userId) => !before.has(userId));
      const written = await mentionsIn(room, text, chat.me);
      await room.edit(item.seq, text, { mentionUserIds: [...new Set([...unwritten, ...written])] });
    };
    edit().catch(sayError);
  }
}
