import type { Observable } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { Removal } from "./removals.ts";
import type { Room } from "./room.ts";
import type { RoomInfo } from "./room-info.ts";

/** A room to make. */
export interface NewRoom {
  readonly title: string;
  readonly topic?: string | undefined;
  /** True: everybody can find the room. Default: false. */
  readonly isPublic?: boolean | undefined;
  /** In a `broadcast` everybody reads, and moderators and owners post. Default: `group`. */
  readonly kind?: "group" | "broadcast" | undefined;
  /** Default: `open` for a public room; a private one always has `invite`. */
  readonly joinRule?: "open" | "knock" | "invite" | undefined;
  /** Handles or ids of people to invite. */
  readonly members?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Your own id for this room, so that a creation repeated after a restart makes one room. Default: a UUID. */
  readonly requestId?: string | undefined;
}

/** A page of the public rooms. */
export interface RoomPage {
  readonly rooms: readonly RoomInfo[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** The user's rooms, the newest activity first. Calls reject as those of `Room` do. */
export interface Rooms extends Observable<readonly Room[]> {
  /**
   * Finds a room by id or title, ignoring case. A room that the user is invited to, or that is public, is joined first.
   * @throws NotFoundError; PermissionError if the user may not join; ConflictError `TITLE_AMBIGUOUS`
   */
  open(idOrTitle: string, options?: CallOptions): Promise<Room>;
  /** Returns the room with this id, or all rooms. */
  get(roomId: string): Room | undefined;
  get(): readonly Room[];
  /** Returns the user's rooms with this label; without a value, with the label whatever it says. */
  byLabel(name: string, value?: string): readonly Room[];
  /** Creates a room and joins it as the owner. */
  create(room: NewRoom, options?: CallOptions): Promise<Room>;
  /**
   * Opens the direct room of the user and these people, and creates it if needed. The others see it from the first message on.
   * @throws PermissionError `DM_NOT_ALLOWED` if one of them does not want that
   */
  openDirect(handlesOrIds: readonly string[], options?: CallOptions): Promise<Room>;
  /** Lists the public rooms by title, or those whose title begins with `query`. */
  browse(
    options?: CallOptions & { readonly query?: string | undefined; readonly pageToken?: string | undefined },
  ): Promise<RoomPage>;
  /** Joins a public room, or accepts an invitation. @throws PermissionError `APPROVAL_REQUIRED` after knocking */
  join(roomId: string, options?: CallOptions): Promise<Room>;
  /** Declines an invitation. @throws NotFoundError without one */
  decline(roomId: string, options?: CallOptions): Promise<void>;
  /** The rooms that the user is invited to. */
  readonly invitations: Observable<readonly RoomInfo[]>;
  /** The rooms that others have removed the user from, or banned them, since the chat was opened: the newest 20, newest first. */
  readonly removals: Observable<readonly Removal[]>;
}
