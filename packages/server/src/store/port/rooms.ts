import type { AuditEntry } from "../../domain/audit.ts";
import type { AccessDecision } from "../../domain/decide.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { MemberPatch } from "../../domain/member-changes.ts";
import type { MemberState } from "../../domain/membership.ts";
import type { Permission, RoomKind, RoomRole } from "../../domain/permissions.ts";
import type { RoomFields } from "../../domain/room-fields.ts";
import type { Member, RoomView } from "../../domain/rooms.ts";
import type { Actor, Outcome, Refused } from "./outcomes.ts";

export interface RoomStore {
  /** Makes a room that the actor owns. A repeat of a request with the same id gives the first one's room. */
  createRoom(room: NewRoom): Promise<Outcome<{ readonly view: RoomView }>>;
  /** The one direct room of exactly these users and the actor. */
  openDirectRoom(opening: {
    actor: Actor;
    /** The id that it gets, if there is none yet. */
    roomId: RoomId;
    userIds: readonly UserId[];
    nowMs: number;
  }): Promise<Outcome<{ readonly view: RoomView; readonly created: boolean }>>;
  getRoom(query: RoomQuery): Promise<SeenRoom | Refused>;
  /** The rooms that the actor has joined, is invited to or knocks at, by their ids, after `afterId`. */
  listOwnRooms(query: RoomPage & { afterId: string }): Promise<readonly RoomView[]>;
  /** The public rooms whose title begins with the query, by title and id, after that position. */
  listDirectory(
    query: RoomPage & { afterKey: string; afterId: string; prefix: string },
  ): Promise<readonly { readonly view: RoomView; readonly key: string }[]>;
  updateRoom(change: RoomUpdate): Promise<Outcome<{ readonly view: RoomView }>>;
  /** Erases a room's content; who was in it is told that it has been deleted. */
  deleteRoom(deletion: RoomQuery & { audit: AuditEntry }): Promise<Outcome<object>>;

  /** Invites, joins or knocks, each user as the rules have it: all of them or nobody. */
  addMembers(addition: {
    actor: Actor;
    roomId: RoomId;
    userIds: readonly UserId[];
    /** Null: the one that each would enter with on their own. */
    role: RoomRole | null;
    expiresAtMs: EndMs;
    nowMs: number;
    audit: AuditEntry;
  }): Promise<Outcome<{ readonly members: readonly Member[] }>>;
  /** In the order of the users' ids, after `afterId`. Null: those who have joined. */
  listMembers(
    query: RoomQuery & { afterId: string; limit: number; state: MemberState | null },
  ): Promise<{ readonly kind: "done"; readonly members: readonly Member[] } | Refused>;
  updateMember(
    change: RoomQuery & { userId: UserId; patch: MemberPatch; audit: AuditEntry },
  ): Promise<Outcome<{ readonly member: Member }>>;
  /** Removes another, or leaves. */
  removeMember(removal: RoomQuery & { userId: UserId; audit: AuditEntry }): Promise<Outcome<object>>;
  /** Whether a user may do something in a room, for an actor who may ask. */
  checkAccess(
    query: RoomQuery & { userId: UserId; permission: Permission },
  ): Promise<{ readonly kind: "done"; readonly decision: AccessDecision } | Refused>;
}

export interface RoomQuery {
  readonly actor: Actor;
  readonly roomId: RoomId;
  readonly nowMs: number;
}

interface RoomPage {
  readonly actor: Actor;
  readonly limit: number;
  readonly nowMs: number;
}

interface SeenRoom {
  readonly kind: "done";
  readonly view: RoomView;
}

export interface NewRoom {
  readonly actor: Actor;
  readonly roomId: RoomId;
  readonly kind: Exclude<RoomKind, "direct">;
  readonly fields: RoomFields;
  readonly userIds: readonly UserId[];
  /** Empty: a repeat of the request makes another room. */
  readonly requestId: string;
  readonly nowMs: number;
  readonly audit: AuditEntry;
}

export interface RoomUpdate extends RoomQuery {
  /** The fields that are given change. */
  readonly fields: Partial<RoomFields>;
  /** Refuses the change with EDIT_CONFLICT if the room has changed since; null: whatever it is. */
  readonly expectedVersion: number | null;
  readonly audit: AuditEntry;
}
