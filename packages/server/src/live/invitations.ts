import type { RoomId } from "../domain/ids.ts";
import type { MemberState } from "../domain/members/membership.ts";

/** Tells one invitation from a later one to the same room. */
type Invitation = symbol;

const NONE: ReadonlyMap<RoomId, Invitation> = new Map();

/** The rooms that a stream's reader could enter but is not in: those they are invited to, and those they knock at. */
export class Invitations {
  // Most streams have none, so the collections are made when they are needed.
  #pending: Map<RoomId, Invitation> | null = null;
  #sent: Set<RoomId> | null = null;

  /** Invitations that the reader has not been sent yet. */
  get pending(): ReadonlyMap<RoomId, Invitation> {
    return this.#pending ?? NONE;
  }

  add(roomId: RoomId): void {
    this.#pending ??= new Map();
    this.#pending.set(roomId, Symbol(roomId));
  }

  /** Marks a pending invitation as sent. */
  markSent(roomId: RoomId): void {
    this.#pending?.delete(roomId);
    this.#sent ??= new Set();
    this.#sent.add(roomId);
  }

  /** Follows a change of the reader's membership. Returns true when an invitation that was sent has ended unaccepted. */
  change(roomId: RoomId, state: MemberState): boolean {
    if (state === "invited" || state === "knocking") {
      this.add(roomId);
      return false;
    }
    this.#pending?.delete(roomId);
    return this.#sent?.delete(roomId) === true && state !== "joined";
  }

  /** Drops a pending invitation that has ended. Returns true when an earlier state of it was sent. */
  drop(roomId: RoomId): boolean {
    this.#pending?.delete(roomId);
    return this.#sent?.delete(roomId) === true;
  }
}
