import type { Reach } from "../access/room-access.ts";
import type { UserId } from "../ids.ts";
import { stateNow } from "../members/membership.ts";
import { canBeBlocked } from "../users/blocks.ts";
import { type Account, accountStateNow } from "../users/system-roles.ts";
import type { DirectMessages } from "../users/user.ts";
import type { Member } from "./room.ts";

/** One of the others whom a direct room is for, with everything that decides if an actor may write to them there. */
export interface DirectPeer {
  readonly userId: UserId;
  readonly account: Account;
  /** Null if they have never been in the room. */
  readonly membership: Member | null;
  /** They have blocked the actor. */
  readonly hasBlocked: boolean;
  readonly directMessages: DirectMessages;
  /** They and the actor have joined a room. Read only where the answer matters. */
  readonly sharesRoom: boolean;
}

/** Decides if an actor may write to somebody: in a room that they are in they have to block or leave to end it. */
export function isWelcome(actor: Account, peer: DirectPeer, nowMs: number): boolean {
  if (!canBeBlocked(actor, nowMs)) return true;
  if (peer.hasBlocked) return false;
  return stateNow(peer.membership, nowMs) === "joined" || admits(peer);
}

/** True if the answer about somebody depends on `sharesRoom`. */
export function isSharingAsked({ membership, directMessages }: DirectPeer, nowMs: number): boolean {
  return directMessages === "shared-rooms" && stateNow(membership, nowMs) !== "joined";
}

export function reachOf(actor: Account, peers: readonly DirectPeer[], nowMs: number): Reach {
  const left = peers.filter((peer) => !isErased(peer, nowMs));
  if (left.length === 0) return "nobody-left";
  const isWilling = (peer: DirectPeer): boolean =>
    stateNow(peer.membership, nowMs) !== "banned" && isWelcome(actor, peer, nowMs);
  return left.some(isWilling) ? "someone" : "nobody-willing";
}

/** Returns those whom a message of the actor's brings into the room. */
export function broughtIn(
  actor: Account,
  peers: readonly DirectPeer[],
  nowMs: number,
): readonly DirectPeer[] {
  return peers.filter((peer) => {
    const state = stateNow(peer.membership, nowMs);
    return (
      state !== "joined" && state !== "banned" && !isErased(peer, nowMs) && isWelcome(actor, peer, nowMs)
    );
  });
}

function isErased({ account }: DirectPeer, nowMs: number): boolean {
  return accountStateNow(account, nowMs).kind === "erased";
}

function admits({ directMessages, sharesRoom }: DirectPeer): boolean {
  switch (directMessages) {
    case "everyone":
      return true;
    case "shared-rooms":
      return sharesRoom;
    case "nobody":
      return false;
    default:
      return directMessages satisfies never;
  }
}
