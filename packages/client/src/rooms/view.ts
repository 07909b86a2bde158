import type { MemberRecord, MessageRecord } from "../live/records.ts";
import { hasOlder, type RoomState } from "../live/state.ts";
import type { History } from "../messages/history.ts";
import type { Message, Timeline, TimelineItem } from "../messages/message.ts";
import type { Outgoing } from "../messages/outgoing.ts";
import type { PendingChanges } from "../messages/pending-changes.ts";
import type { Unsent } from "../messages/unsent-message.ts";
import type { Directory } from "../users/directory.ts";
import type { RelationshipList } from "../users/relationships.ts";
import type { User } from "../users/user.ts";
import type { RoomContext } from "./context.ts";
import type { Member, RoomInfo } from "./room-info.ts";

/** Turns records into public objects by adding user profiles. An unchanged record stays the same object. */
export class Views {
  readonly #meId: string;
  readonly #directory: Directory;
  readonly #relationships: RelationshipList;
  readonly #items = new WeakMap<MessageRecord | Unsent, TimelineItem>();
  readonly #messages = new WeakMap<MessageRecord, Message>();

  constructor({ meId, directory, relationships }: Pick<RoomContext, "meId" | "directory" | "relationships">) {
    this.#meId = meId;
    this.#directory = directory;
    this.#relationships = relationships;
  }

  message(record: MessageRecord): Message {
    const sender = this.#directory.show(record.senderId);
    const isFromBlocked = this.#relationships.isBlocked(record.senderId);
    const cached = this.#messages.get(record);
    if (cached?.sender === sender && cached.isFromBlocked === isFromBlocked) return cached;
    const { knowsOwnReactions: _knowsOwnReactions, ...fields } = record;
    const message = { ...fields, sender, isFromBlocked };
    this.#messages.set(record, message);
    return message;
  }

  timeline(
    state: RoomState,
    { unsent }: Pick<Outgoing, "unsent">,
    { isLoadingOlder }: Pick<History, "isLoadingOlder">,
    pending: Pick<PendingChanges, "show">,
  ): Timeline {
    const items = [
      ...state.window.map((record) => this.#stored(pending.show(record))),
      ...unsent.map((entry) => this.#unsent(entry)),
    ];
    return { items, hasOlder: hasOlder(state), isLoadingOlder };
  }

  /** `users` has profiles that were loaded for this. */
  member(record: MemberRecord, users?: ReadonlyMap<string, User>): Member {
    return { ...record, user: users?.get(record.userId) ?? this.#directory.show(record.userId) };
  }

  info(state: RoomState): RoomInfo {
    const { room, self, counts, readSeq, joinedSeq, topSeq, window } = state;
    const others = room.directUserIds.filter((userId) => userId !== this.#meId);
    const newest = window.at(-1);
    return {
      ...room,
      title: room.title || this.#names(others) || "direct",
      self: self && this.member(self),
      unreadCount: counts.unread,
      mentionCount: counts.mentions,
      readSeq,
      joinedSeq,
      lastSeq: topSeq,
      lastMessage: newest ? this.message(newest) : null,
    };
  }

  #stored(record: MessageRecord): TimelineItem {
    const message = this.message(record);
    const cached = this.#items.get(record);
    if (cached?.sender === message.sender && cached.isFromBlocked === message.isFromBlocked) return cached;
    const item: TimelineItem = { ...message, state: "sent" };
    this.#items.set(record, item);
    return item;
  }

  #unsent({ echo, error }: Unsent): TimelineItem {
    const cached = this.#items.get(echo);
    if (cached && cached.error === (error ?? undefined)) return cached;
    const message = this.message(echo);
    const item: TimelineItem = error
      ? { ...message, state: "failed", error }
      : { ...message, state: "sending" };
    this.#items.set(echo, item);
    return item;
  }

  #names(userIds: readonly string[]): string {
    return userIds.map((userId) => this.#directory.show(userId).displayName).join(", ");
  }
}
