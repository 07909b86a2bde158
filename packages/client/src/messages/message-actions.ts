import { ConfabError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import type { Change } from "../live/reduce.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { EditOptions, MessagePage, MessageQuery, ReactionRemoval, Room } from "../rooms/room.ts";
import type { Views } from "../rooms/view.ts";
import { delay } from "../waiting.ts";
import { deleteMessage, getMessage, updateMessage } from "./calls.ts";
import { withOwnReaction, withoutContent, withText } from "./changed.ts";
import { withEdits } from "./edits.ts";
import { listMessages } from "./list-messages.ts";
import type { GivenReaction, Message } from "./message.ts";
import { type MessageChange, PendingChanges } from "./pending-changes.ts";
import { listReactions, removeReactions, setReaction } from "./reaction-calls.ts";
import { find } from "./window.ts";

type Actions = Pick<
  Room,
  | "message"
  | "edit"
  | "delete"
  | "react"
  | "unreact"
  | "reactions"
  | "removeReactions"
  | "pin"
  | "unpin"
  | "list"
>;

interface ActionParts {
  readonly cache: RoomCache;
  readonly views: Views;
  /** Called when the changes that are shown before they are made change. */
  readonly onPending: () => void;
}

/** The calls of a room that are about stored messages. */
export class MessageActions implements Actions {
  readonly pending: PendingChanges;
  readonly #context: RoomContext;
  readonly #cache: RoomCache;
  readonly #views: Views;

  constructor(context: RoomContext, { cache, views, onPending }: ActionParts) {
    this.#context = context;
    this.#cache = cache;
    this.#views = views;
    this.pending = new PendingChanges({
      isOnline: () => context.connection.isOnline,
      wait: (ms) => delay(ms, context.closed),
      isShown: (seq) => find(cache.state.window, seq) !== undefined,
      onChanged: onPending,
      onWork: () => context.unsentWork.set(cache.state.room.id, "changes", () => this.pending.work),
    });
  }

  async message(seq: number, options: CallOptions = {}): Promise<Message> {
    const record = await getMessage(this.#context, this.#key(seq), options);
    await this.#context.directory.load([record.senderId], options.signal);
    return this.#show(record);
  }

  async edit(seq: number, text: string, { mentionUserIds, signal }: EditOptions = {}): Promise<Message> {
    this.#context.sizes.checkText(text);
    const post = () => updateMessage(this.#context, { ...this.#key(seq), text, mentionUserIds }, {});
    const apply = (message: MessageRecord): MessageRecord => withText(message, text, mentionUserIds);
    const { roomId } = this.#key(seq);
    const work = { kind: "edit", roomId, seq, text, ...(mentionUserIds && { mentionUserIds }) } as const;
    return this.#change({ seq, apply, post, work }, signal);
  }

  delete(
    seq: number,
    { reason = "", signal }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<Message> {
    let isRepeat = false;
    const post = async (): Promise<MessageRecord> => {
      try {
        return await deleteMessage(this.#context, { ...this.#key(seq), reason }, {});
      } catch (error) {
        // The answer to the first attempt was lost.
        const isDone = isRepeat && error instanceof ConfabError && error.reason === "MESSAGE_DELETED";
        isRepeat = true;
        if (!isDone) throw error;
        return getMessage(this.#context, this.#key(seq), {});
      }
    };
    const work = { kind: "delete", ...this.#key(seq), reason } as const;
    return this.#change({ seq, apply: withoutContent, post, work }, signal);
  }

  react(seq: number, emoji: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#setReaction(seq, { emoji, isRemoved: false }, signal);
  }

  unreact(seq: number, emoji: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#setReaction(seq, { emoji, isRemoved: true }, signal);
  }

  reactions(seq: number, options: CallOptions = {}): Promise<readonly GivenReaction[]> {
    return listReactions(this.#context, this.#key(seq), options);
  }

  removeReactions(seq: number, emoji: string, options: ReactionRemoval = {}): Promise<void> {
    return removeReactions(this.#context, { ...this.#key(seq), emoji }, options);
  }

  pin(seq: number, { signal }: CallOptions = {}): Promise<Message> {
    return this.#setPin(seq, true, signal);
  }

  unpin(seq: number, { signal }: CallOptions = {}): Promise<Message> {
    return this.#setPin(seq, false, signal);
  }

  async list(query: MessageQuery = {}): Promise<MessagePage> {
    const { messages, hasMore } = await listMessages(this.#context, this.#cache.state.room.id, query);
    return { messages: messages.map((message) => this.#show(message)), hasMore };
  }

  /** Called with each change that the stream brings. */
  came(change: Change): void {
    if (change.kind !== "reaction" || change.reaction.userId !== this.#context.meId) return;
    this.pending.reactionCame(change.seq, change.reaction.emoji);
  }

  async #change(change: MessageChange<MessageRecord>, signal: AbortSignal | undefined): Promise<Message> {
    return this.#show(await this.pending.add(change, signal));
  }

  #setReaction(
    seq: number,
    { emoji, isRemoved }: { readonly emoji: string; readonly isRemoved: boolean },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const apply = (message: MessageRecord): MessageRecord => withOwnReaction(message, { emoji, isRemoved });
    const post = () => setReaction(this.#context, { ...this.#key(seq), emoji, removed: isRemoved }, {});
    const work = { kind: isRemoved ? "unreact" : "react", ...this.#key(seq), emoji } as const;
    return this.pending.add({ seq, emoji, apply, post, work }, signal);
  }

  #setPin(seq: number, isPinned: boolean, signal: AbortSignal | undefined): Promise<Message> {
    const post = () => updateMessage(this.#context, { ...this.#key(seq), pinned: isPinned }, {});
    const work = { kind: isPinned ? "pin" : "unpin", ...this.#key(seq) } as const;
    return this.#change({ seq, apply: (message) => ({ ...message, isPinned }), post, work }, signal);
  }

  #key(seq: number): { readonly roomId: string; readonly seq: number } {
    return { roomId: this.#cache.state.room.id, seq };
  }

  #show(message: MessageRecord): Message {
    return this.#views.message(withEdits(message, find(this.#cache.state.window, message.seq)));
  }
}
