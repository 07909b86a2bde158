import type { Message } from "../messages/message.ts";
import type { Member, RoomInfo } from "../rooms/room-info.ts";

/** One reaction that was added or taken off. */
export interface ReactionChange {
  readonly emoji: string;
  /** The member whose reaction it is; null: everybody's of this emoji were taken off. */
  readonly userId: string | null;
  readonly isRemoved: boolean;
}

/**
 * A change in a room, as what it has changed is after it. Changes come in the order of `revision`.
 *
 * Live, each change comes. Those that were missed, over a lost connection, a restart or because the reader was slow, come as
 * one for each message, each member and the room's fields: with the latest state and its revision. A message may be newer than
 * `revision`; then the change that made it so follows.
 */
export type RoomEvent = {
  /** The room's revision after this change. */
  readonly revision: number;
} & (
  | { readonly kind: "message"; readonly message: Message }
  /** The text, the payload, the mentions, the pin or the reactions of a message have changed. */
  | {
      readonly kind: "updated";
      readonly message: Message;
      /** Set if this is one reaction that came live. */
      readonly reaction?: ReactionChange;
    }
  /** Also for a message that was never seen, because it was deleted meanwhile. */
  | { readonly kind: "deleted"; readonly message: Message }
  | {
      readonly kind: "member";
      readonly member: Member;
      /** The id of the user who did it; empty if it was missed, or if a membership or a mute ended by itself. */
      readonly actorId: string;
    }
  | { readonly kind: "room"; readonly info: RoomInfo }
  /**
   * The end of what was missed over a restart, by a slow reader, or by one that was away for more than 10,000 changes. The
   * messages have come. Changes of members have not: read `Room.members` again. `info` has the room's fields as they are.
   */
  | { readonly kind: "gap"; readonly info: RoomInfo }
);
