import type { ConnectionState, RoomInfo, Timeline, User } from "@confab/client";
import type { UiState } from "../app/ui-state.ts";
import type { Size } from "./layout.ts";
import type { Look } from "./look.ts";

/** Everything that the chat screen shows. */
export interface ChatScreenInput {
  readonly size: Size;
  readonly look: Look;
  readonly now: Date;
  readonly me: User;
  readonly address: string;
  readonly connection: ConnectionState;
  readonly unsent: number;
  readonly rooms: readonly RoomInfo[];
  readonly invitations: readonly RoomInfo[];
  readonly room: OpenRoom | null;
  readonly ui: UiState;
}

/** The room with the visible messages. */
export interface OpenRoom {
  readonly info: RoomInfo;
  readonly timeline: Timeline;
  readonly typing: readonly User[];
  readonly online: readonly User[];
}
