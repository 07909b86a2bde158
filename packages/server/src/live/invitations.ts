import type { RoomId } from "../domain/ids.ts";
import type { MemberState } from "../domain/membership.ts";

/** Tells an invitation from another to the same room. */
type Invitation = symbol;

const NONE: ReadonlyMap<RoomId, Invitation> = new Map();

/** The rooms that a stream's reader could enter, and is not in: invited to, or knocking at. */
export class Invitations {
  /** Those that the reader has not been told of yet, and those they have. */
  #untold: Map<RoomId, Invitation> | null = null;
  #told: Set<RoomId> | null = null;

  get untold(): ReadonlyMap<RoomId, Invitation> {
    return this.#untold ?? NONE;
  }

  add(roomId: RoomId): void {
    this.#untold ??= new Map();
    this.#untold.set(roomId, Symbol(roomId));
  }

  /** Takes note that the reader has been told; false when there is no such invitation any more. */
  tell(roomId: RoomId): boolean {
    if (!this.#untold?.delete(roomId)) return false;
    this.#told ??= new Set();
    this.#told.add(roomId);
    return true;
  }

  /** Takes note of where the reader stands now. True when they have lost a room that they had been told of. */
  change(roomId: RoomId, state: MemberState): boolean {
    if (state === "invited" || state === "knocking") {
      this.add(roomId);
      return false;
    }
    this.#untold?.delete(roomId);
    return this.#told?.delete(roomId) === true && state !== "joined";
  }

  /** Forgets an invitation that was not there when it was looked for; another may have come since. */
  forget(roomId: RoomId, invitation: Invitation | undefined): void {
    if (this.#untold?.get(roomId) === invitation) this.#untold?.delete(roomId);
  }
}
