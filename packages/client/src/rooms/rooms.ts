import type { Observable } from "../observable.ts";
import type { CallOptions } from "../options.ts";
import type { Room } from "./room.ts";
import type { RoomInfo } from "./room-info.ts";

/** A room to make. */
export interface NewRoom {
  readonly title: string;
  readonly topic?: string | undefined;
  /** Whether everyone finds it. Default: only who is invited. */
  readonly isPublic?: boolean | undefined;
  /** `broadcast`: everyone reads, moderators and owners post. Default: `group`. */
  readonly kind?: "group" | "broadcast" | undefined;
  /** Default: `open` of a public room; a private one has `invite`. */
  readonly joinRule?: "open" | "knock" | "invite" | undefined;
  /** Handles or ids of people to invite. */
  readonly members?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** A page of the public rooms. */
export interface RoomPage {
  readonly rooms: readonly RoomInfo[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** The rooms that one is in, the newest activity first. */
export interface Rooms extends Observable<readonly Room[]> {
  /**
   * A room by its id or title: one that one is in, else one that one is invited to or that is public, which is then
   * joined. Titles are compared without case.
   * @throws NotFoundError, PermissionError where one may not join, ConflictError `TITLE_AMBIGUOUS`
   */
  open(idOrTitle: string, options?: CallOptions): Promise<Room>;
  /** The one with that id, or all of them. */
  get(roomId: string): Room | undefined;
  get(): readonly Room[];
  create(room: NewRoom, options?: CallOptions): Promise<Room>;
  /** The direct room of these people and oneself; made where there is none. */
  openDirect(handlesOrIds: readonly string[], options?: CallOptions): Promise<Room>;
  /** The public rooms by title, or those whose title begins so. */
  browse(
    options?: CallOptions & { readonly query?: string | undefined; readonly pageToken?: string | undefined },
  ): Promise<RoomPage>;
  /** Joins a public room, or accepts an invitation. @throws PermissionError `APPROVAL_REQUIRED` after knocking */
  join(roomId: string, options?: CallOptions): Promise<Room>;
  /** Turns an invitation down. */
  decline(roomId: string, options?: CallOptions): Promise<void>;
  readonly invitations: Observable<readonly RoomInfo[]>;
}
