import type { RoomId, UserId } from "../../domain/ids.ts";
import type { Message } from "../../domain/messages.ts";

export interface MessageStore {
  /**
   * Stores messages in the order given, all in one transaction, and gives each its outcome, in that order.
   * A message that is refused takes no seq and does not stop the others.
   */
  appendMessages(messages: readonly NewMessage[]): Promise<readonly AppendOutcome[]>;
  /** A room's newest messages, at most `limit`, oldest of them first. Deleted ones are left out. */
  listLatestMessages(query: { roomId: RoomId; limit: number }): Promise<readonly Message[]>;
  /** The messages after `afterSeq`, at most `limit`, in order. Deleted ones are left out. */
  listMessagesAfter(query: { roomId: RoomId; afterSeq: number; limit: number }): Promise<readonly Message[]>;
}

/** A sender without an account is known by an id that is made from the name, and checked to be no account's. */
export type Sender =
  | { readonly kind: "user"; readonly userId: UserId }
  | { readonly kind: "guest"; readonly userId: UserId; readonly name: string; readonly nameKey: string };

export interface NewMessage {
  readonly roomId: RoomId;
  readonly id: string;
  readonly sender: Sender;
  readonly text: string;
  readonly nowMs: number;
}

export type AppendOutcome =
  | { readonly kind: "stored"; readonly message: Message }
  /** A guest's name belongs to an account. */
  | { readonly kind: "name-held" }
  /** The sender's account no longer exists, or is suspended. */
  | { readonly kind: "sender-gone" };
