import type { Message } from "./message.ts";
import type { Member, RoomInfo } from "./room-info.ts";

/** Something that has happened in a room, in the order of `revision`. */
export type RoomEvent = {
  /** The room's revision that it made. */
  readonly revision: number;
} & (
  | { readonly kind: "message"; readonly message: Message }
  /** Text, payload or pin are other than before. */
  | { readonly kind: "edited"; readonly message: Message }
  | { readonly kind: "deleted"; readonly message: Message }
  | {
      readonly kind: "reaction";
      readonly seq: number;
      readonly emoji: string;
      readonly userId: string;
      readonly isRemoved: boolean;
    }
  | { readonly kind: "member"; readonly member: Member; readonly actorId: string }
  /** The room's fields are other than before, or may be: also after much was missed. */
  | { readonly kind: "room"; readonly info: RoomInfo }
);
