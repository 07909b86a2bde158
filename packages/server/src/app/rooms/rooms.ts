import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import type { RoomKind } from "../../domain/access/permissions.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { MAX_DIRECT_USERS, parseRoomFields, type RoomFields } from "../../domain/rooms/fields.ts";
import type { RoomView } from "../../domain/rooms/room.ts";
import type { RoomUpdate } from "../../store/port/rooms.ts";
import type { Store } from "../../store/port/store.ts";
import { refuseOperator } from "../admin/operator.ts";
import type { Limits } from "../limits.ts";
import { parseUserIds, takeJoin } from "../members/joining.ts";
import { type Publish, published } from "../publishing.ts";
import { newRoomId } from "./room-ids.ts";

const MAX_REQUEST_ID_BYTES = 128;

/** Makes, finds and changes rooms. For the people in them see `Members`. */
export interface Rooms {
  /**
   * Makes a room that the caller owns, and invites others to it. A repeat of a request id gives its first room.
   *
   * @throws ChatError FIELD_…, TOO_MANY_IDS, USER_NOT_FOUND, ROOM_FULL, NOT_PERMITTED (the operator), RATE_LIMITED
   */
  createRoom(ask: AccountAsk, room: RoomRequest): Promise<RoomView>;
  /**
   * Gives the one direct room of exactly these users and the caller, who is in it again if they have left. The others come in
   * with the first message.
   *
   * @throws ChatError FIELD_INVALID, TOO_MANY_IDS, USER_NOT_FOUND, DM_NOT_ALLOWED, BANNED, NOT_PERMITTED,
   * RATE_LIMITED
   */
  openDirectRoom(
    ask: AccountAsk,
    userIds: readonly UserId[],
  ): Promise<{ readonly view: RoomView; readonly created: boolean }>;
  /** @throws ChatError ROOM_NOT_FOUND, ROOM_DELETED, BANNED */
  getRoom(ask: AccountAsk, roomId: RoomId): Promise<RoomView>;
  /** Lists the rooms that the caller has joined, is invited to or knocks at, by id. */
  listRooms(ask: AccountAsk, page: { afterId: string; limit: number }): Promise<readonly RoomView[]>;
  /** Lists the public rooms whose title begins with the query, by title. */
  listDirectory(
    ask: AccountAsk,
    page: { afterKey: string; afterId: string; limit: number; query: string },
  ): Promise<readonly { readonly view: RoomView; readonly key: string }[]>;
  /** Changes what is given. @throws ChatError FIELD_…, NOT_PERMITTED, EDIT_CONFLICT, ROOM_NOT_FOUND, … */
  updateRoom(ask: AccountAsk, change: RoomChangeRequest & { roomId: RoomId }): Promise<RoomView>;
  /** Erases the room's content. @throws ChatError NOT_PERMITTED, ROOM_NOT_FOUND, ROOM_DELETED, … */
  deleteRoom(ask: AccountAsk, roomId: RoomId): Promise<void>;
}

interface RoomRequest {
  readonly kind: RoomKind;
  readonly fields: RoomFields;
  readonly userIds: readonly UserId[];
  readonly requestId: string;
}

export interface RoomChangeRequest extends Pick<RoomUpdate, "fields" | "expectedVersion"> {
  /** The changed fields, by their names in the contract: for the audit trail. */
  readonly paths: readonly string[];
}

export function createRooms(store: Store, publish: Publish, limits: Limits): Rooms {
  return {
    async createRoom(ask, { kind, fields, userIds, requestId }) {
      refuseOperator(ask);
      if (kind === "direct") {
        const message = "room.kind is DIRECT: use OpenDirectRoom";
        throw new ChatError("FIELD_INVALID", message, { field: "room.kind" });
      }
      const invited = parseUserIds(userIds, { mayBeEmpty: true });
      checkRequestId(requestId);
      const parsed = parseRoomFields(fields);
      await takeJoin(ask, limits);
      const roomId = newRoomId();
      const created = await store.createRoom({
        ...actorNow(ask),
        roomId,
        kind,
        fields: parsed,
        userIds: invited,
        requestId,
        audit: auditEntry(ask, { action: "room-created", targetId: roomId, detail: kind }),
      });
      return published(publish, created).view;
    },

    async openDirectRoom(ask, userIds) {
      refuseOperator(ask);
      const users = new Set([ask.caller.account.id, ...parseUserIds(userIds, { mayBeEmpty: false })]);
      if (users.size < 2) {
        const message = "user_ids names nobody but yourself: name whom the room is to be with";
        throw new ChatError("FIELD_INVALID", message, { field: "user_ids" });
      }
      if (users.size > MAX_DIRECT_USERS) {
        const message = `a direct room for ${users.size}: it has at most ${MAX_DIRECT_USERS} users, make a group`;
        throw new ChatError("TOO_MANY_IDS", message, { field: "user_ids" });
      }
      const giveBack = await takeJoin(ask, limits);
      const opening = { ...actorNow(ask), roomId: newRoomId(), userIds: [...users] };
      const { view, created } = published(publish, await store.openDirectRoom(opening));
      if (!created) await giveBack();
      return { view, created };
    },

    getRoom: (ask, roomId) => store.getRoom({ ...actorNow(ask), roomId }),

    listRooms: (ask, page) => store.listOwnRooms({ ...page, ...actorNow(ask) }),

    listDirectory: (ask, { query, ...page }) =>
      store.listDirectory({ ...page, ...actorNow(ask), prefix: query }),

    async updateRoom(ask, { roomId, fields, paths, expectedVersion }) {
      const change = { roomId, fields: parseRoomFields(fields), expectedVersion };
      const audit = auditEntry(ask, { action: "room-updated", targetId: roomId, detail: paths.join(", ") });
      return published(publish, await store.updateRoom({ ...actorNow(ask), ...change, audit })).view;
    },

    async deleteRoom(ask, roomId) {
      const audit = auditEntry(ask, { action: "room-deleted", targetId: roomId });
      published(publish, await store.deleteRoom({ ...actorNow(ask), roomId, audit }));
    },
  };
}

function checkRequestId(requestId: string): void {
  const bytes = Buffer.byteLength(requestId);
  if (bytes <= MAX_REQUEST_ID_BYTES) return;
  const message = `request_id has ${bytes} bytes; at most ${MAX_REQUEST_ID_BYTES} are allowed`;
  throw new ChatError("FIELD_TOO_LONG", message, { field: "request_id" });
}
