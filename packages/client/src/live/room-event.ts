import type { Message } from "../messages/message.ts";
import type { Member, RoomInfo } from "../rooms/room-info.ts";

/** A change in a room. Changes come in the order of `revision`. */
export type RoomEvent = {
  /** The room's revision after this change. */
  readonly revision: number;
} & (
  | { readonly kind: "message"; readonly message: Message }
  /** The text, the payload, the mentions or the pin have changed. */
  | { readonly kind: "edited"; readonly message: Message }
  | { readonly kind: "deleted"; readonly message: Message }
  | {
      readonly kind: "reaction";
      readonly seq: number;
      readonly emoji: string;
      /** The member whose reaction it is; null: everybody's of this emoji were removed. */
      readonly userId: string | null;
      readonly isRemoved: boolean;
    }
  | { readonly kind: "member"; readonly member: Member; readonly actorId: string }
  /** The room's fields have changed, or may have: also sent after a gap. */
  | { readonly kind: "room"; readonly info: RoomInfo }
);
