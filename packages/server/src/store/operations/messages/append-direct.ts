import type { Reach } from "../../../domain/access/room-access.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { RoomChange } from "../../../domain/live/changes.ts";
import { enter } from "../../../domain/members/membership.ts";
import { entryRole } from "../../../domain/members/room-roles.ts";
import { broughtIn, type DirectPeer, reachOf } from "../../../domain/rooms/direct.ts";
import type { Member } from "../../../domain/rooms/room.ts";
import { type Account, roleNow } from "../../../domain/users/system-roles.ts";
import type { NewMessage } from "../../port/messages.ts";
import { type MemberWrite, memberAfter } from "../members/records.ts";
import { type BatchReads, pairKey } from "./append-reads.ts";

/** A member whom a message has brought in, to be stored with it. */
interface Entered {
  readonly write: MemberWrite;
  readonly member: Member;
}

const NOBODY: readonly DirectPeer[] = [];

/** The direct rooms of a batch: the people whom its messages reach, and those whom they bring in. */
export class DirectRooms {
  readonly entered: Entered[] = [];
  readonly #peers: BatchReads["peers"];
  /** Members who have entered, by `pairKey` of room and user. */
  readonly #members = new Map<string, Member>();

  constructor({ peers }: Pick<BatchReads, "peers">) {
    this.#peers = peers;
  }

  /** Returns the record of a user whom an earlier message of the batch has brought in. */
  memberOf(key: string): Member | undefined {
    return this.#members.get(key);
  }

  reachOf(message: NewMessage, account: Account): Reach {
    const peers = this.#peersOf(message);
    return peers ? reachOf(account, peers, message.nowMs) : "someone";
  }

  /** True if the message brings in this user. */
  bringsIn(message: NewMessage, account: Account, userId: UserId | string): boolean {
    return this.#broughtIn(message, account).some((peer) => peer.userId === userId);
  }

  /** Brings in whom the message reaches and who is not there, if any. Each takes the room's next revision. */
  bringIn(
    message: NewMessage,
    account: Account,
    counter: { readonly lastSeq: number; revision: number },
  ): readonly RoomChange[] | undefined {
    const { roomId, sender, nowMs } = message;
    const actorId = sender.userId;
    const coming = this.#broughtIn(message, account);
    if (coming.length === 0) return undefined;
    return coming.map(({ userId, account: entering, membership: before }) => {
      const role = entryRole(roleNow(entering, nowMs));
      const entry = { role, state: "joined", expiresAtMs: null, joinedSeq: counter.lastSeq } as const;
      const write = { roomId, userId, before, after: enter(before, entry), actorId, nowMs };
      counter.revision++;
      const member = memberAfter(write, counter.revision);
      this.entered.push({ write, member });
      this.#members.set(pairKey(roomId, userId), member);
      const { revision } = member;
      return { roomId, revision, actorId, atMs: nowMs, change: { kind: "member", member } };
    });
  }

  #broughtIn(message: NewMessage, account: Account): readonly DirectPeer[] {
    const peers = this.#peersOf(message);
    return peers ? broughtIn(account, peers, message.nowMs) : NOBODY;
  }

  /** Undefined in rooms that are not direct: most batches have no others. */
  #peersOf({ roomId, sender }: NewMessage): readonly DirectPeer[] | undefined {
    if (this.#peers.size === 0) return undefined;
    const peers = this.#peers.get(pairKey(roomId, sender.userId));
    if (this.#members.size === 0) return peers;
    return peers?.map((peer) => ({
      ...peer,
      membership: this.#members.get(pairKey(roomId, peer.userId)) ?? peer.membership,
    }));
  }
}
