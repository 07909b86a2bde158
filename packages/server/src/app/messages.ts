import { hash, randomUUID } from "node:crypto";
import type { Origin, SignedIn } from "../domain/callers.ts";
import { LOBBY, type UserId } from "../domain/ids.ts";
import { parseSend, type SendFields } from "../domain/message-fields.ts";
import type { Message } from "../domain/messages.ts";
import { nameKey, parseGuestName } from "../domain/names.ts";
import { parseText } from "../domain/text.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { NewMessage, Sender } from "../store/port/messages.ts";
import type { Clock } from "./clock.ts";
import { requireOwnAccount } from "./joining.ts";
import type { Limits } from "./limits.ts";
import { refusal } from "./refusals.ts";

const MAX_REMEMBERED_GUESTS = 10_000;

/** Sending. Whoever listens hears of a stored message through the bus. */
export interface Messages {
  /**
   * Stores a message in the lobby and resolves once it is synced to disk. With a token the account is the
   * sender, whatever `userName` says; a guest speaks as `userName`.
   *
   * @throws ChatError TEXT_EMPTY, TEXT_TOO_LONG, NAME_EMPTY, NAME_TOO_LONG, NAME_INVALID, NAME_HELD,
   * RATE_LIMITED
   */
  sendToLobby(origin: Origin, message: { userName: string; text: string }): Promise<Message>;
  /**
   * Stores a message and resolves once it is synced to disk. A repeat of a send with the same client message id
   * gives the message that the first one has become.
   *
   * @throws ChatError FIELD_…, TEXT_…, TOO_MANY_IDS, MESSAGE_ID_REUSED, MENTION_NOT_MEMBER, MESSAGE_NOT_FOUND,
   * RATE_LIMITED, and what the room's rules refuse with
   */
  send(origin: Pick<Origin, "caller">, fields: SendFields): Promise<Sent>;
}

interface Sent {
  readonly message: Message;
  /** The message had been stored before. */
  readonly duplicate: boolean;
}

export interface MessagesOptions {
  readonly commits: GroupCommit;
  /** Null where nothing is limited. */
  readonly limits: Limits | null;
  readonly clock: Clock;
}

export function createMessages({ commits, limits, clock }: MessagesOptions): Messages {
  const guests = new Guests();

  async function store(message: Omit<NewMessage, "id" | "nowMs">): Promise<Sent> {
    const sent = await commits.append({ ...message, id: randomUUID(), nowMs: clock() });
    if (sent.kind === "refused") throw refusal(sent);
    return { message: sent.message, duplicate: sent.kind === "duplicate" };
  }

  return {
    async sendToLobby(origin, { userName, text }) {
      const { caller } = origin;
      const sender = caller.kind === "account" ? toAccount(caller) : guests.get(userName);
      parseText(text, "text");
      if (limits)
        await limits.take("sendPerUser", caller.kind === "account" ? sender.userId : origin.address);
      const { message } = await store({ roomId: LOBBY, sender, text, content: null });
      return message;
    },

    async send(origin, fields) {
      const sender = toAccount(requireOwnAccount(origin));
      const { roomId, text, ...content } = parseSend(fields);
      if (limits) await limits.take("sendPerUser", sender.userId);
      const contentHash = content.clientMessageId === "" ? "" : contentHashOf(fields);
      return store({ roomId, sender, text, content: { ...content, contentHash } });
    },
  };
}

function toAccount({ account }: SignedIn): Sender {
  return { kind: "user", userId: account.id };
}

/** The same for two sends that say the same, in whatever order they name whom they mention. */
function contentHashOf(fields: SendFields): string {
  const { roomId, text, replyToSeq, threadRootSeq, payload, payloadType, ttlMs } = fields;
  const mentions = [...new Set(fields.mentionUserIds)].sort();
  const said = [roomId, text, replyToSeq, threadRootSeq, mentions, payload, payloadType, ttlMs];
  return hash("sha256", JSON.stringify(said), "base64url");
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
