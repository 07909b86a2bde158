import { decide } from "../../domain/decide.ts";
import { LOBBY, type RoomId } from "../../domain/ids.ts";
import { type Membership, stateNow } from "../../domain/membership.ts";
import { messageNow } from "../../domain/message-now.ts";
import { MENTION_ALL } from "../../domain/messages.ts";
import type { AccessObject, LastPost } from "../../domain/room-access.ts";
import { entryRole } from "../../domain/room-roles.ts";
import type { Account } from "../../domain/system-roles.ts";
import type { AppendOutcome, NewMessage } from "../port/messages.ts";
import type { Refused } from "../port/outcomes.ts";
import { storedMessage } from "../stored-message.ts";
import { type BatchReads, pairKey, placeKey, type Repeat } from "./append-reads.ts";
import { toRefused } from "./room-access.ts";

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
  readonly kind: "speaker";
  readonly name: string;
  readonly account: Account;
}

const GUEST: Account = { role: "guest", roleUntilMs: null, state: { kind: "active" } };

/** Decides about the messages of one transaction, one after the other: each sees what the ones before it did. */
export class AppendBatch {
  readonly stored: Stored[] = [];
  readonly #reads: BatchReads;
  readonly #counters = new Map<string, Counter>();
  readonly #lastPosts: Map<string, LastPost | null>;
  readonly #repeats: Map<string, Repeat>;

  constructor(reads: BatchReads) {
    this.#reads = reads;
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

  take(message: NewMessage): AppendOutcome {
    const speaker = this.#nameSender(message);
    if (speaker.kind !== "speaker") return speaker;
    // A repeat is recognised before anything is asked: its first send was let in.
    const repeat = this.#findRepeat(message);
    if (repeat) return repeat;
    return this.#judge(message, speaker) ?? this.#judgeContent(message) ?? this.#store(message, speaker);
  }

  /** The name that a sender speaks under, or why they may not. */
  #nameSender({ sender }: NewMessage): Speaker | Refused {
    const { accounts, heldKeys } = this.#reads;
    if (sender.kind === "guest") {
      if (heldKeys.has(sender.nameKey)) return nameHeld(sender.name);
      return { kind: "speaker", name: sender.name, account: GUEST };
    }
    const known = accounts.get(sender.userId);
    if (!known)
      return { kind: "refused", reason: "SESSION_REVOKED", message: "this account no longer exists" };
    const { user, nameKey } = known;
    const name = user.handle || user.displayName;
    if (nameKey !== null && heldKeys.has(nameKey)) return nameHeld(name);
    return { kind: "speaker", name, account: user };
  }

  #findRepeat({ sender, content, nowMs }: NewMessage): AppendOutcome | null {
    if (!content?.clientMessageId) return null;
    const repeat = this.#repeats.get(pairKey(sender.userId, content.clientMessageId));
    if (!repeat) return null;
    if (repeat.contentHash === null || repeat.contentHash === content.contentHash) {
      return { kind: "duplicate", message: messageNow(repeat.message, nowMs) };
    }
    return {
      kind: "refused",
      reason: "MESSAGE_ID_REUSED",
      message: "this client_message_id belongs to another message: give each message an id of its own",
      field: "client_message_id",
    };
  }

  /** Whether the sender may post in the room. */
  #judge(message: NewMessage, speaker: Speaker): Refused | null {
    const object = this.#objectOf(message, speaker);
    const decision = decide(speaker.account, "post", object, message.nowMs);
    if (!decision.allowed) return toRefused(decision);
    if (!message.content?.mentionUserIds.includes(MENTION_ALL)) return null;
    const mention = decide(speaker.account, "mention-all", object, message.nowMs);
    return mention.allowed ? null : { ...toRefused(mention), field: "mention_user_ids" };
  }

  #objectOf({ roomId, sender, content, nowMs }: NewMessage, { account }: Speaker): AccessObject {
    const key = pairKey(roomId, sender.userId);
    const room = this.#reads.rooms.get(roomId)?.room ?? null;
    const record = this.#reads.members.get(key) ?? null;
    const isVisitor = content === null && roomId === LOBBY && stateNow(record, nowMs) !== "banned";
    return {
      room,
      membership: isVisitor ? visit(record, account) : record,
      lastPost: this.#lastPosts.get(key) ?? null,
      isBlocked: this.#reads.blocked.has(key),
    };
  }

  /** Whether what the message refers to is there. */
  #judgeContent({ roomId, content, nowMs }: NewMessage): Refused | null {
    if (!content) return null;
    for (const userId of content.mentionUserIds) {
      if (userId === MENTION_ALL) continue;
      const member = this.#reads.members.get(pairKey(roomId, userId)) ?? null;
      if (stateNow(member, nowMs) !== "joined") {
        return {
          kind: "refused",
          reason: "MENTION_NOT_MEMBER",
          message: `mention_user_ids names "${userId}", who is not a member of this room`,
          field: "mention_user_ids",
        };
      }
    }
    return (
      this.#judgeReference(roomId, content.replyToSeq, "reply_to_seq") ??
      this.#judgeReference(roomId, content.threadRootSeq, "thread_root_seq")
    );
  }

  #judgeReference(roomId: RoomId, seq: number, field: "reply_to_seq" | "thread_root_seq"): Refused | null {
    if (seq === 0) return null;
    const threadRootSeq = this.#reads.threadRoots.get(placeKey(roomId, seq)) ?? this.#findThread(roomId, seq);
    if (threadRootSeq === undefined) {
      return {
        kind: "refused",
        reason: "MESSAGE_NOT_FOUND",
        message: `${field} is ${seq}: there is no such message`,
        field,
      };
    }
    if (field === "thread_root_seq" && threadRootSeq !== 0) {
      const message = `${field} is ${seq}, which is in a thread itself: name the message that begins the thread`;
      return { kind: "refused", reason: "FIELD_INVALID", message, field };
    }
    return null;
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
    } as const;
    this.stored.push({ message, outcome });
    const author = pairKey(roomId, sender.userId);
    if (this.#lastPosts.has(author)) this.#lastPosts.set(author, { atMs: createdAtMs, likes: 0 });
    if (content?.clientMessageId) {
      const repeat = { message: storedMessage(message, outcome), contentHash: content.contentHash };
      this.#repeats.set(pairKey(sender.userId, content.clientMessageId), repeat);
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

function nameHeld(name: string): Refused {
  return {
    kind: "refused",
    reason: "NAME_HELD",
    message: `the name "${name}" belongs to an account: sign in as it, or choose another`,
    field: "user_name",
  };
}
