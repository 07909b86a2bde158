import { hash, randomUUID } from "node:crypto";
import type { AccountAsk, Ask } from "../../domain/access/ask.ts";
import type { SignedIn } from "../../domain/access/callers.ts";
import { networkOf } from "../../domain/addresses.ts";
import { LOBBY, type UserId } from "../../domain/ids.ts";
import { parseSend, type SendFields } from "../../domain/messages/fields.ts";
import type { Message } from "../../domain/messages/message.ts";
import { parseText } from "../../domain/text.ts";
import { nameKey, parseGuestName } from "../../domain/users/names.ts";
import type { KeyedHash } from "../../keys/repeat-key.ts";
import type { GroupCommit, Sent } from "../../store/group-commit.ts";
import type { Sender } from "../../store/port/messages.ts";
import { refuseOperator } from "../admin/operator.ts";
import { type Limits, takeSend } from "../limits.ts";

const MAX_REMEMBERED_GUESTS = 10_000;
/** In characters of 6 bits. Whoever found two contents of one hash could only fool their own repeats. */
const CONTENT_HASH_LENGTH = 22;

/** Sends messages. Listeners get a stored message through the bus. */
export interface Sending {
  /**
   * Stores a message in the lobby and resolves once it is synced to disk. With a token the account is the
   * sender, whatever `userName` says; a guest speaks as `userName`.
   *
   * @throws ChatError TEXT_EMPTY, TEXT_TOO_LONG, NAME_EMPTY, NAME_TOO_LONG, NAME_INVALID, NAME_HELD,
   * RATE_LIMITED
   */
  sendToLobby(ask: Ask, message: { userName: string; text: string }): Promise<Message>;
  /**
   * Stores a message and resolves once it is synced to disk. A repeat of a send with the same client message id
   * gives the message that the first one has become.
   *
   * @throws ChatError FIELD_…, TEXT_…, TOO_MANY_IDS, MESSAGE_ID_REUSED, MENTION_NOT_MEMBER, MESSAGE_NOT_FOUND,
   * RATE_LIMITED, and what the room's rules refuse with
   */
  sendMessage(ask: AccountAsk, fields: SendFields): Promise<Sent>;
}

/** @param limits null: nothing is limited */
export function createSending(commits: GroupCommit, limits: Limits | null, repeatHash: KeyedHash): Sending {
  const guests = new Guests();

  return {
    async sendToLobby(ask, { userName, text }) {
      const { caller, nowMs } = ask;
      const sender = caller.kind === "account" ? toAccount(caller) : guests.get(userName);
      parseText(text, "text");
      if (limits && caller.kind === "account") await takeSend(limits, caller);
      else if (limits) await limits.take("sendPerUser", networkOf(ask.address));
      const id = randomUUID();
      const sent = await commits.append({ roomId: LOBBY, id, sender, text, content: null, nowMs });
      return sent.message;
    },

    async sendMessage(ask, fields) {
      refuseOperator(ask);
      const sender = toAccount(ask.caller);
      const { roomId, text, ...content } = parseSend(fields);
      if (limits) await takeSend(limits, ask.caller);
      const { clientMessageId } = content;
      const contentHash = clientMessageId === "" ? "" : contentHashOf(fields);
      const repeatKey = clientMessageId === "" ? null : repeatHash(sender.userId, clientMessageId);
      return commits.append({
        roomId,
        id: randomUUID(),
        sender,
        text,
        content: { ...content, contentHash, repeatKey },
        nowMs: ask.nowMs,
      });
    },
  };
}

function toAccount({ account }: SignedIn): Sender {
  return { kind: "user", userId: account.id };
}

/** Everything that must be the same in a repeat of a send, in the form in which it is compared. */
const compared = {
  roomId: (roomId) => roomId,
  text: (text) => text,
  replyToSeq: (seq) => seq,
  threadRootSeq: (seq) => seq,
  mentionUserIds: (userIds) => [...new Set(userIds)].sort(),
  payload: (payload) => payload && [payload.type, hash("sha256", payload.bytes)],
  ttlMs: (ttlMs) => ttlMs,
} satisfies ComparedFields;

type ComparedFields = {
  readonly [Name in Exclude<keyof SendFields, "clientMessageId">]: (value: SendFields[Name]) => unknown;
};

const comparedForms = Object.entries<(value: never) => unknown>(compared);

function contentHashOf(fields: SendFields): string {
  const forms = comparedForms.map(([name, form]) => form(fields[name as keyof ComparedFields] as never));
  return hash("sha256", JSON.stringify(forms), "base64url").slice(0, CONTENT_HASH_LENGTH);
}

/** The names that guests have chatted under lately: checking one and making its id costs more than looking it up. */
class Guests {
  readonly #senders = new Map<string, Sender>();

  /** @throws ChatError NAME_EMPTY, NAME_TOO_LONG, NAME_INVALID */
  get(userName: string): Sender {
    const known = this.#senders.get(userName);
    if (known) return known;
    const name = parseGuestName(userName, "user_name");
    const sender: Sender = { kind: "guest", userId: guestId(name), name, nameKey: nameKey(name) };
    this.#senders.set(name, sender);
    if (this.#senders.size > MAX_REMEMBERED_GUESTS) {
      const [oldest] = this.#senders.keys();
      if (oldest !== undefined) this.#senders.delete(oldest);
    }
    return sender;
  }
}

/** Everyone who chats as a guest under one name is one user, and can't be mistaken for an account. */
function guestId(name: string): UserId {
  return `guest-${hash("sha256", name).slice(0, 32)}` as UserId;
}
