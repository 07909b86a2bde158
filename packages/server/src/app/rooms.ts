import type { BusEvent } from "../bus/port.ts";
import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { RoomKind } from "../domain/permissions.ts";
import { MAX_DIRECT_USERS, parseRoomFields, type RoomFields } from "../domain/room-fields.ts";
import type { RoomView } from "../domain/rooms.ts";
import type { Store } from "../store/port/store.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { parseUserIds, requireOwnAccount, takeJoin } from "./joining.ts";
import type { Limits } from "./limits.ts";
import { published } from "./publishing.ts";
import { accepted, toActor } from "./refusals.ts";
import { requireAccount } from "./require.ts";
import { newRoomId } from "./room-ids.ts";

const MAX_REQUEST_ID_BYTES = 128;

/** Rooms as such: what there is, and what their managers set. Who is in them: see `Members`. */
export interface Rooms {
  /**
   * Makes a room that the caller owns, and invites others to it. A repeat of a request id gives its first room.
   *
   * @throws ChatError FIELD_…, TOO_MANY_IDS, USER_NOT_FOUND, ROOM_FULL, NOT_PERMITTED (the operator), RATE_LIMITED
   */
  create(room: RoomRequest, origin: Origin): Promise<RoomView>;
  /**
   * The one direct room of exactly these users and the caller. Whoever has left it is in it again.
   *
   * @throws ChatError FIELD_INVALID, TOO_MANY_IDS, USER_NOT_FOUND, DM_NOT_ALLOWED, BANNED, NOT_PERMITTED,
   * RATE_LIMITED
   */
  openDirect(
    userIds: readonly UserId[],
    origin: Origin,
  ): Promise<{ readonly view: RoomView; readonly created: boolean }>;
  /** @throws ChatError ROOM_NOT_FOUND, ROOM_DELETED, BANNED */
  get(roomId: RoomId, origin: Origin): Promise<RoomView>;
  /** The rooms that the caller has joined, is invited to or knocks at, by id. */
  listOwn(page: { afterId: string; limit: number }, origin: Origin): Promise<readonly RoomView[]>;
  /** The public rooms whose title begins with the query, by title. */
  listDirectory(
    page: { afterKey: string; afterId: string; limit: number; query: string },
    origin: Origin,
  ): Promise<readonly { readonly view: RoomView; readonly key: string }[]>;
  /** Changes what is given. @throws ChatError FIELD_…, NOT_PERMITTED, EDIT_CONFLICT, ROOM_NOT_FOUND, … */
  update(roomId: RoomId, change: RoomChangeRequest, origin: Origin): Promise<RoomView>;
  /** Erases the room's content. @throws ChatError NOT_PERMITTED, ROOM_NOT_FOUND, ROOM_DELETED, … */
  remove(roomId: RoomId, origin: Origin): Promise<void>;
}

interface RoomRequest {
  readonly kind: RoomKind;
  readonly fields: RoomFields;
  readonly userIds: readonly UserId[];
  readonly requestId: string;
}

export interface RoomChangeRequest {
  readonly fields: Partial<RoomFields>;
  /** What was changed, by its names in the contract: for the audit trail. */
  readonly paths: readonly string[];
  /** The version that the change was made from; null: whatever it is. */
  readonly expectedVersion: number | null;
}

export interface RoomsOptions {
  readonly store: Store;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly limits: Limits;
  readonly clock: Clock;
}

export function createRooms({ store, publish, limits, clock }: RoomsOptions): Rooms {
  return {
    async create({ kind, fields, userIds, requestId }, origin) {
      const caller = requireOwnAccount(origin);
      if (kind === "direct") {
        const message = "room.kind is DIRECT: use OpenDirectRoom";
        throw new ChatError("FIELD_INVALID", message, { field: "room.kind" });
      }
      const invited = parseUserIds(userIds, { mayBeEmpty: true });
      checkRequestId(requestId);
      const parsed = parseRoomFields(fields);
      await takeJoin(caller, { limits, clock });
      const roomId = newRoomId();
      const outcome = await store.createRoom({
        actor: toActor(caller),
        roomId,
        kind,
        fields: parsed,
        userIds: invited,
        requestId,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "room-created", targetId: roomId, detail: kind }),
      });
      return published(publish, outcome).view;
    },

    async openDirect(userIds, origin) {
      const caller = requireOwnAccount(origin);
      const users = new Set([caller.account.id, ...parseUserIds(userIds, { mayBeEmpty: false })]);
      if (users.size < 2) {
        const message = "user_ids names nobody but yourself: name whom the room is to be with";
        throw new ChatError("FIELD_INVALID", message, { field: "user_ids" });
      }
      if (users.size > MAX_DIRECT_USERS) {
        const message = `a direct room for ${users.size}: it has at most ${MAX_DIRECT_USERS} users, make a group`;
        throw new ChatError("TOO_MANY_IDS", message, { field: "user_ids" });
      }
      const giveBack = await takeJoin(caller, { limits, clock });
      const outcome = await store.openDirectRoom({
        actor: toActor(caller),
        roomId: newRoomId(),
        userIds: [...users],
        nowMs: clock(),
      });
      const { view, created } = published(publish, outcome);
      if (!created) await giveBack();
      return { view, created };
    },

    async get(roomId, origin) {
      const actor = toActor(requireAccount(origin.caller));
      return accepted(await store.getRoom({ actor, roomId, nowMs: clock() })).view;
    },

    listOwn(page, origin) {
      const actor = toActor(requireAccount(origin.caller));
      return store.listOwnRooms({ ...page, actor, nowMs: clock() });
    },

    listDirectory({ query, ...page }, origin) {
      const actor = toActor(requireAccount(origin.caller));
      return store.listDirectory({ ...page, prefix: query, actor, nowMs: clock() });
    },

    async update(roomId, { fields, paths, expectedVersion }, origin) {
      const actor = toActor(requireAccount(origin.caller));
      const outcome = await store.updateRoom({
        actor,
        roomId,
        fields: parseRoomFields(fields),
        expectedVersion,
        nowMs: clock(),
        audit: auditEntry(origin, clock, {
          action: "room-updated",
          targetId: roomId,
          detail: paths.join(", "),
        }),
      });
      return published(publish, outcome).view;
    },

    async remove(roomId, origin) {
      const actor = toActor(requireAccount(origin.caller));
      const audit = auditEntry(origin, clock, { action: "room-deleted", targetId: roomId });
      published(publish, await store.deleteRoom({ actor, roomId, nowMs: clock(), audit }));
    },
  };
}

function checkRequestId(requestId: string): void {
  const bytes = Buffer.byteLength(requestId);
  if (bytes <= MAX_REQUEST_ID_BYTES) return;
  const message = `request_id has ${bytes} bytes; at most ${MAX_REQUEST_ID_BYTES} are allowed`;
  throw new ChatError("FIELD_TOO_LONG", message, { field: "request_id" });
}
