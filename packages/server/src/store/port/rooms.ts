import type { ActorNow } from "../../domain/access/ask.ts";
import type { AccessDecision } from "../../domain/access/decide.ts";
import type { Permission, RoomKind } from "../../domain/access/permissions.ts";
import type { AuditEntry } from "../../domain/admin/audit.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { RoomFields } from "../../domain/rooms/fields.ts";
import type { RoomView } from "../../domain/rooms/room.ts";
import type { Changed } from "./changed.ts";

export interface RoomStore {
  /** Makes a room that the actor owns. A repeat of a request id gives its first room. */
  createRoom(room: NewRoom): Promise<{ readonly view: RoomView } & Changed>;
  /** The one direct room of exactly these users and the actor, who is in it again. */
  openDirectRoom(
    opening: ActorNow & {
      /** The id that it gets, if there is none yet. */
      roomId: RoomId;
      userIds: readonly UserId[];
    },
  ): Promise<{ readonly view: RoomView; readonly created: boolean } & Changed>;
  getRoom(query: RoomQuery): Promise<RoomView>;
  /** The rooms that the actor has joined, is invited to or knocks at, by their ids, after `afterId`. */
  listOwnRooms(query: RoomPage & { afterId: string }): Promise<readonly RoomView[]>;
  /** The public rooms whose title begins with the query, by title and id, after that position. */
  listDirectory(
    query: RoomPage & { afterKey: string; afterId: string; prefix: string },
  ): Promise<readonly { readonly view: RoomView; readonly key: string }[]>;
  updateRoom(change: RoomUpdate): Promise<{ readonly view: RoomView } & Changed>;
  /** Erases a room's content. The room stays, as deleted, for everyone who was in it. */
  deleteRoom(
    deletion: RoomQuery & { audit: AuditEntry },
  ): Promise<Changed & { readonly hadMessages: boolean }>;
  /** The rules' decision about a user in a room, for an actor who may ask. */
  checkAccess(query: RoomQuery & { userId: UserId; permission: Permission }): Promise<AccessDecision>;
}

export interface RoomQuery extends ActorNow {
  readonly roomId: RoomId;
}

interface RoomPage extends ActorNow {
  readonly limit: number;
}

export interface NewRoom extends ActorNow {
  readonly roomId: RoomId;
  readonly kind: Exclude<RoomKind, "direct">;
  readonly fields: RoomFields;
  readonly userIds: readonly UserId[];
  /** Empty: a repeat of the request makes another room. */
  readonly requestId: string;
  readonly audit: AuditEntry;
}

export interface RoomUpdate extends RoomQuery {
  /** The fields that are given change. */
  readonly fields: Partial<RoomFields>;
  /** Refuses the change with EDIT_CONFLICT if the room has changed since; null: whatever it is. */
  readonly expectedVersion: number | null;
  readonly audit: AuditEntry;
}
