import type { MessageRecord } from "../live/records.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { EditOptions, MessagePage, MessageQuery, ReactionRemoval, Room } from "../rooms/room.ts";
import type { Views } from "../rooms/view.ts";
import { deleteMessage, getMessage, updateMessage } from "./calls.ts";
import { withEdits } from "./edits.ts";
import { listMessages } from "./list-messages.ts";
import type { GivenReaction, Message } from "./message.ts";
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
}

/** The calls of a room that are about stored messages. */
export class MessageActions implements Actions {
  readonly #context: RoomContext;
  readonly #cache: RoomCache;
  readonly #views: Views;

  constructor(context: RoomContext, { cache, views }: ActionParts) {
    this.#context = context;
    this.#cache = cache;
    this.#views = views;
  }

  async message(seq: number, options: CallOptions = {}): Promise<Message> {
    const record = await getMessage(this.#context, this.#key(seq), options);
    await this.#context.directory.load([record.senderId], options.signal);
    return this.#show(record);
  }

  async edit(seq: number, text: string, { mentionUserIds, ...options }: EditOptions = {}): Promise<Message> {
    return this.#show(
      await updateMessage(this.#context, { ...this.#key(seq), text, mentionUserIds }, options),
    );
  }

  async delete(
    seq: number,
    { reason = "", ...options }: CallOptions & { readonly reason?: string | undefined } = {},
  ): Promise<Message> {
    return this.#show(await deleteMessage(this.#context, { ...this.#key(seq), reason }, options));
  }

  react(seq: number, emoji: string, options: CallOptions = {}): Promise<void> {
    return setReaction(this.#context, { ...this.#key(seq), emoji, removed: false }, options);
  }

  unreact(seq: number, emoji: string, options: CallOptions = {}): Promise<void> {
    return setReaction(this.#context, { ...this.#key(seq), emoji, removed: true }, options);
  }

  reactions(seq: number, options: CallOptions = {}): Promise<readonly GivenReaction[]> {
    return listReactions(this.#context, this.#key(seq), options);
  }

  removeReactions(seq: number, emoji: string, options: ReactionRemoval = {}): Promise<void> {
    return removeReactions(this.#context, { ...this.#key(seq), emoji }, options);
  }

  async pin(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#show(await updateMessage(this.#context, { ...this.#key(seq), pinned: true }, options));
  }

  async unpin(seq: number, options: CallOptions = {}): Promise<Message> {
    return this.#show(await updateMessage(this.#context, { ...this.#key(seq), pinned: false }, options));
  }

  async list(query: MessageQuery = {}): Promise<MessagePage> {
    const { messages, hasMore } = await listMessages(this.#context, this.#cache.state.room.id, query);
    return { messages: messages.map((message) => this.#show(message)), hasMore };
  }

  #key(seq: number): { readonly roomId: string; readonly seq: number } {
    return { roomId: this.#cache.state.room.id, seq };
  }

  #show(message: MessageRecord): Message {
    return this.#views.message(withEdits(message, find(this.#cache.state.window, message.seq)));
  }
}
