import type { Directory } from "../users/directory.ts";
import type { Message, TimelineItem } from "./message.ts";
import type { Unsent } from "./outgoing.ts";
import type { MemberRecord, MessageRecord } from "./records.ts";
import type { Member, RoomInfo } from "./room-info.ts";
import { newestOf, type RoomState } from "./state.ts";

/** Gives what is known its names, as they are now. What has not changed stays the same object. */
export class Views {
  readonly #directory: Directory;
  readonly #items = new WeakMap<MessageRecord | Unsent, TimelineItem>();
  readonly #messages = new WeakMap<MessageRecord, Message>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  message(record: MessageRecord): Message {
    const sender = this.#directory.show(record.senderId);
    const known = this.#messages.get(record);
    if (known?.sender === sender) return known;
    const { isSure: _isSure, ...fields } = record;
    const message = { ...fields, sender };
    this.#messages.set(record, message);
    return message;
  }

  stored(record: MessageRecord): TimelineItem {
    const message = this.message(record);
    const known = this.#items.get(record);
    if (known?.sender === message.sender) return known;
    const item: TimelineItem = { ...message, state: "sent" };
    this.#items.set(record, item);
    return item;
  }

  unsent({ echo, error }: Unsent): TimelineItem {
    const known = this.#items.get(echo);
    if (known && known.error === (error ?? undefined)) return known;
    const message = this.message(echo);
    const item: TimelineItem = error
      ? { ...message, state: "failed", error }
      : { ...message, state: "sending" };
    this.#items.set(echo, item);
    return item;
  }

  member(record: MemberRecord): Member {
    return { ...record, user: this.#directory.show(record.userId) };
  }

  /** `others`: who else is in the room, where it is a direct one. */
  info(state: RoomState, others: readonly string[]): RoomInfo {
    const { room, self, counts, readSeq, topSeq } = state;
    const newest = newestOf(state);
    return {
      ...room,
      title: room.title || this.#names(others) || "direct",
      self: self && this.member(self),
      unreadCount: counts.unread,
      mentionCount: counts.mentions,
      readSeq,
      lastSeq: topSeq,
      lastMessage: newest && this.message(newest),
    };
  }

  #names(userIds: readonly string[]): string {
    return userIds.map((userId) => this.#directory.show(userId).displayName).join(", ");
  }
}
