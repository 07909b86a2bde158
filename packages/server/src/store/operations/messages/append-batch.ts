import { decide, readableFrom } from "../../../domain/access/decide.ts";
import { requireAllowed } from "../../../domain/access/decisions.ts";
import type { AccessObject, LastPost } from "../../../domain/access/room-access.ts";
import { ChatError } from "../../../domain/errors.ts";
import { LOBBY, type RoomId } from "../../../domain/ids.ts";
import { type Membership, stateNow } from "../../../domain/members/membership.ts";
import { entryRole } from "../../../domain/members/room-roles.ts";
import { MENTION_ALL } from "../../../domain/messages/content.ts";
import { mentionNotMember } from "../../../domain/messages/fields.ts";
import { messageNow } from "../../../domain/messages/message.ts";
import type { Member } from "../../../domain/rooms/room.ts";
import type { Account } from "../../../domain/users/system-roles.ts";
import type { AppendOutcome, NewMessage } from "../../port/messages.ts";
import { storedMessage } from "../../stored-message.ts";
import { DirectRooms } from "./append-direct.ts";
import { type BatchReads, pairKey, placeKey, type Repeat } from "./append-reads.ts";

/** A message of a batch with the place it has been given. */
export interface Stored {
  readonly message: NewMessage;
  readonly outcome: Extract<AppendOutcome, { kind: "stored" }>;
}

interface Counter {
  lastSeq: number;
  revision: number;
  lastMessageAtMs: number;
}

interface Speaker {
  readonly name: string;
  readonly account: Account;
}

const GUEST: Account = { role: "guest", roleUntilMs: null, state: { kind: "active" } };

/** Decides about the messages of one transaction, one after the other: each sees what the ones before it did. */
export class AppendBatch {
  readonly stored: Stored[] = [];
  readonly direct: DirectRooms;
  readonly #reads: BatchReads;
  readonly #counters = new Map<string, Counter>();
  readonly #lastPosts: Map<string, LastPost | null>;
  readonly #repeats: Map<string, Repeat>;

  constructor(reads: BatchReads) {
    this.#reads = reads;
    this.direct = new DirectRooms(reads);
    this.#lastPosts = new Map(reads.lastPosts);
    this.#repeats = new Map(reads.repeats);
  }

  counterOf(roomId: RoomId): Counter {
    const known = this.#counters.get(roomId);
    if (known) return known;
    const row = this.#reads.rooms.get(roomId);
    if (!row) throw new Error(`room ${roomId} does not exist`);
    const { room, lastMessageAtMs } = row;
    const counter = { lastSeq: room.lastSeq, revision: room.revision, lastMessageAtMs };
    this.#counters.set(roomId, counter);
    return counter;
  }

  /** Gives a message its place, or says why it gets none. */
  take(message: NewMessage): AppendOutcome {
    try {
      return this.#admit(message);
    } catch (error) {
      // One that is refused doesn't stop the others: nothing was written for it yet.
      if (error instanceof ChatError) return { kind: "refused", error: error.toData() };
      throw error;
    }
  }

  #admit(message: NewMessage): AppendOutcome {
    const speaker = this.#nameSender(message);
    // A repeat is recognised before anything is asked: its first send was let in.
    const repeat = this.#findRepeat(message);
    if (repeat) return repeat;
    this.#requireMayPost(message, speaker);
    this.#checkContent(message, speaker);
    return this.#store(message, speaker);
  }

  /** Gives the name that a sender speaks under. @throws ChatError NAME_HELD, SESSION_REVOKED */
  #nameSender({ sender, nowMs }: NewMessage): Speaker {
    const { accounts, guests, heldKeys } = this.#reads;
    const isHeld = (nameKey: string): boolean => (heldKeys.get(nameKey) ?? nowMs) > nowMs;
    if (sender.kind === "guest") {
      const account = guests.get(sender.userId)?.account ?? GUEST;
      if (isHeld(sender.nameKey)) throw nameHeld(sender.name);
      if (account.state.kind === "erased") throw guestErased(sender.name);
      return { name: sender.name, account };
    }
    const known = accounts.get(sender.userId);
    if (!known) throw new ChatError("SESSION_REVOKED", "this account no longer exists");
    const { user, nameKey } = known;
    const name = user.handle || user.displayName;
    if (nameKey !== null && isHeld(nameKey)) throw nameHeld(name);
    return { name, account: user };
  }

  #findRepeat({ roomId, content, nowMs }: NewMessage): AppendOutcome | null {
    if (!content?.repeatKey) return null;
    const repeat = this.#repeats.get(content.repeatKey);
    if (!repeat) return null;
    if (repeat.isErased && repeat.message.roomId === roomId) return null;
    if (!repeat.isErased && (repeat.contentHash === null || repeat.contentHash === content.contentHash)) {
      const message = messageNow(repeat.message, nowMs);
      // A tombstone has lost the id, which its sender knows it by.
      return { kind: "duplicate", message: { ...message, clientMessageId: content.clientMessageId } };
    }
    const problem = "this client_message_id belongs to another message: give each message an id of its own";
    throw new ChatError("MESSAGE_ID_REUSED", problem, { field: "client_message_id" });
  }

  #requireMayPost(message: NewMessage, speaker: Speaker): void {
    const object = this.#objectOf(message, speaker);
    requireAllowed(decide(speaker.account, "post", object, message.nowMs));
    if (!message.content?.mentionUserIds.includes(MENTION_ALL)) return;
    requireAllowed(decide(speaker.account, "mention-all", object, message.nowMs), "mention_user_ids");
  }

  #objectOf(message: NewMessage, { account }: Pick<Speaker, "account">): AccessObject {
    const { roomId, sender, content, nowMs } = message;
    const key = pairKey(roomId, sender.userId);
    const { rooms, guests } = this.#reads;
    const room = rooms.get(roomId)?.room ?? null;
    const record = guests.get(sender.userId)?.membership ?? this.#memberOf(key);
    const isVisitor = content === null && roomId === LOBBY && stateNow(record, nowMs) !== "banned";
    return {
      room,
      membership: isVisitor ? visit(record, account) : record,
      lastPost: this.#lastPosts.get(key) ?? null,
      reach: this.direct.reachOf(message, account),
    };
  }

  #memberOf(key: string): Member | null {
    return this.direct.memberOf(key) ?? this.#reads.members.get(key) ?? null;
  }

  /** Checks that everything the message refers to is there. */
  #checkContent(message: NewMessage, { account }: Speaker): void {
    const { roomId, content, nowMs } = message;
    if (!content) return;
    for (const userId of content.mentionUserIds) {
      if (userId === MENTION_ALL) continue;
      const member = this.#memberOf(pairKey(roomId, userId));
      if (stateNow(member, nowMs) !== "joined" && !this.direct.bringsIn(message, account, userId)) {
        throw mentionNotMember(userId, "mention_user_ids");
      }
    }
    if (content.replyToSeq === 0 && content.threadRootSeq === 0) return;
    const { room, membership } = this.#objectOf(message, { account });
    const firstSeq = readableFrom(account, { room, membership }, nowMs);
    this.#checkReference({ roomId, seq: content.replyToSeq, firstSeq }, "reply_to_seq");
    this.#checkReference({ roomId, seq: content.threadRootSeq, firstSeq }, "thread_root_seq");
  }

  #checkReference(
    { roomId, seq, firstSeq }: { roomId: RoomId; seq: number; firstSeq: number },
    field: "reply_to_seq" | "thread_root_seq",
  ): void {
    if (seq === 0) return;
    const threadRootSeq = this.#reads.threadRoots.get(placeKey(roomId, seq)) ?? this.#findThread(roomId, seq);
    // A message that the sender may not see is not there for them.
    if (threadRootSeq === undefined || seq < firstSeq) {
      const problem = `${field} is ${seq}: there is no such message`;
      throw new ChatError("MESSAGE_NOT_FOUND", problem, { field });
    }
    if (field === "thread_root_seq" && threadRootSeq !== 0) {
      const problem = `${field} is ${seq}, which is in a thread itself: name the message that begins the thread`;
      throw new ChatError("FIELD_INVALID", problem, { field });
    }
  }

  /** The thread of a message of this batch. */
  #findThread(roomId: RoomId, seq: number): number | undefined {
    const found = this.stored.find(
      ({ message, outcome }) => message.roomId === roomId && outcome.seq === seq,
    );
    return found && (found.message.content?.threadRootSeq ?? 0);
  }

  #store(message: NewMessage, speaker: Speaker): AppendOutcome {
    const { roomId, sender, content, nowMs } = message;
    const counter = this.counterOf(roomId);
    const entered = this.direct.bringIn(message, speaker.account, counter);
    counter.lastSeq++;
    counter.revision++;
    counter.lastMessageAtMs = Math.max(counter.lastMessageAtMs, nowMs);
    const createdAtMs = counter.lastMessageAtMs;
    const outcome = {
      kind: "stored",
      seq: counter.lastSeq,
      revision: counter.revision,
      senderName: speaker.name,
      createdAtMs,
      expiresAtMs: content && content.ttlMs > 0 ? createdAtMs + content.ttlMs : null,
      entered,
    } as const;
    this.stored.push({ message, outcome });
    const author = pairKey(roomId, sender.userId);
    if (this.#lastPosts.has(author)) this.#lastPosts.set(author, { atMs: createdAtMs, likes: 0 });
    if (content?.repeatKey) {
      const { contentHash, repeatKey } = content;
      const repeat = { message: storedMessage(message, outcome), contentHash, isErased: false };
      this.#repeats.set(repeatKey, repeat);
    }
    return outcome;
  }
}

/** Everyone may speak in the lobby by the simple contract, whether or not they have joined it. */
function visit(record: Membership | null, account: Account): Membership {
  const base = { role: entryRole(account.role), state: "joined", expiresAtMs: null, joinedSeq: 0 } as const;
  return record?.state === "joined"
    ? record
    : { ...base, mutedUntilMs: record?.mutedUntilMs ?? null, allow: [], deny: record?.deny ?? [] };
}

function guestErased(name: string): ChatError {
  const problem = `the guest "${name}" has been erased, and nobody may speak in their place: choose another name`;
  return new ChatError("NAME_HELD", problem, { field: "user_name" });
}

function nameHeld(name: string): ChatError {
  const problem = `the name "${name}" belongs to an account: sign in as it, or choose another`;
  return new ChatError("NAME_HELD", problem, { field: "user_name" });
}
