import { v1 } from "@confab/protocol";
import type { MemberKey, Members } from "../../app/members.ts";
import type { Presence } from "../../app/presence.ts";
import { requireAccount } from "../../app/require.ts";
import type { Rooms } from "../../app/rooms.ts";
import type { Origin } from "../../domain/callers.ts";
import { describeTrace } from "../../domain/decisions.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { titleKey } from "../../domain/room-fields.ts";
import { roomAccess } from "../access.ts";
import { type Binding, binding } from "../bind.ts";
import { addSighting } from "./activity.ts";
import { parseEnd } from "./convert.ts";
import { cutPage, parsePageSize, parsePageToken } from "./pages.ts";
import { required } from "./required.ts";
import { parseKind, parsePermission, parseRole, parseState, toMember, toRoomView } from "./room-convert.ts";
import { toMemberUpdate, toRoomChange, toRoomFields } from "./room-requests.ts";

const ME = "me";

export interface RoomParts {
  readonly rooms: Rooms;
  readonly members: Members;
  readonly presence: Presence;
}

/** The full contract's RoomService. */
export function roomService({ rooms, members, presence }: RoomParts): Binding {
  return binding(v1.RoomService, roomAccess, {
    async createRoom({ room, userIds, requestId }, context) {
      const wanted = required(room, "room");
      const view = await rooms.create(
        {
          kind: parseKind(wanted.kind, "room.kind") ?? "group",
          fields: toRoomFields(wanted),
          userIds: resolveAll(userIds, context),
          requestId,
        },
        context,
      );
      return { room: toRoomView(view) };
    },

    async openDirectRoom({ userIds }, context) {
      const { view, created } = await rooms.openDirect(resolveAll(userIds, context), context);
      return { room: toRoomView(view), created };
    },

    async getRoom({ roomId }, context) {
      return { room: toRoomView(await rooms.get(toRoomId(roomId), context)) };
    },

    async listRooms({ pageSize, pageToken, directory, query }, context) {
      const size = parsePageSize(pageSize);
      if (directory) return listDirectory({ size, pageToken, query }, context);
      if (query !== "") {
        const message = "query searches the directory: set directory, or leave query empty";
        throw new ChatError("FIELD_INVALID", message, { field: "query" });
      }
      const list = "rooms";
      const afterId = parsePageToken(list, pageToken);
      const rows = await rooms.listOwn({ afterId, limit: size + 1 }, context);
      const { page, nextPageToken } = cutPage(rows, { list, size, positionOf: ({ room }) => room.id });
      return { rooms: page.map(toRoomView), nextPageToken };
    },

    async updateRoom({ room, updateMask }, context) {
      const wanted = required(room, "room");
      const roomId = toRoomId(wanted.id, "room.id");
      const change = toRoomChange(wanted, updateMask?.paths ?? []);
      return { room: toRoomView(await rooms.update(roomId, change, context)) };
    },

    async deleteRoom({ roomId }, context) {
      await rooms.remove(toRoomId(roomId), context);
      return {};
    },

    async addMembers({ roomId, userIds, role, expireTime }, context) {
      const added = await members.add(
        toRoomId(roomId),
        {
          userIds: resolveAll(userIds, context),
          role: parseRole(role, "role"),
          expiresAtMs: parseEnd(expireTime, "expire_time"),
        },
        context,
      );
      return { members: added.map(toMember) };
    },

    async listMembers({ roomId, pageSize, pageToken, state }, context) {
      const size = parsePageSize(pageSize);
      const wanted = parseState(state, "state");
      const list = `members ${wanted ?? "joined"} ${roomId}`;
      const afterId = parsePageToken(list, pageToken);
      const page = { afterId, limit: size + 1, state: wanted };
      const rows = await members.list(toRoomId(roomId), page, context);
      const cut = cutPage(rows, { list, size, positionOf: ({ userId }) => userId });
      const userIds = cut.page.map(({ userId }) => userId);
      const seen = await presence.seenBy(requireAccount(context.caller), {
        roomId: toRoomId(roomId),
        userIds,
      });
      return {
        members: cut.page.map((member) => addSighting(toMember(member), seen.get(member.userId))),
        nextPageToken: cut.nextPageToken,
      };
    },

    async updateMember({ member, updateMask, reason }, context) {
      const wanted = required(member, "member");
      const key = toKey(wanted, context, "member.");
      const update = toMemberUpdate(wanted, updateMask?.paths ?? [], reason);
      return { member: toMember(await members.update(key, update, context)) };
    },

    async removeMember({ reason, ...key }, context) {
      await members.remove(toKey(key, context), reason, context);
      return {};
    },

    async checkAccess({ permission, ...key }, context) {
      const asked = parsePermission(permission, "permission");
      if (asked === null) {
        const message = "permission is unspecified: say what is to be checked";
        throw new ChatError("FIELD_REQUIRED", message, { field: "permission" });
      }
      const { allowed, decidedBy, trace } = await members.checkAccess(toKey(key, context), asked, context);
      return { allowed, decidedBy, trace: [...describeTrace(trace)] };
    },
  });

  async function listDirectory(
    { size, pageToken, query }: { size: number; pageToken: string; query: string },
    context: Origin,
  ) {
    const list = `directory ${titleKey(query)}`;
    const [afterKey, afterId] = toPosition(parsePageToken(list, pageToken));
    const rows = await rooms.listDirectory({ afterKey, afterId, limit: size + 1, query }, context);
    const { page, nextPageToken } = cutPage(rows, {
      list,
      size,
      positionOf: ({ key, view }) => `${view.room.id} ${key}`,
    });
    return { rooms: page.map(({ view }) => toRoomView(view)), nextPageToken };
  }
}

/** Where a page of the directory starts: a room's id, which has no spaces, and its title's key. */
function toPosition(position: string): readonly [afterKey: string, afterId: string] {
  const space = position.indexOf(" ");
  return space === -1 ? ["", ""] : [position.slice(space + 1), position.slice(0, space)];
}

function toRoomId(roomId: string, field = "room_id"): RoomId {
  if (roomId === "") throw new ChatError("FIELD_REQUIRED", `${field} is empty: give a room's id`, { field });
  return roomId as RoomId;
}

function toKey(
  { roomId, userId }: { roomId: string; userId: string },
  context: Origin,
  prefix = "",
): MemberKey {
  const field = `${prefix}user_id`;
  if (userId === "") {
    throw new ChatError("FIELD_REQUIRED", `${field} is empty: give the id of a user, or \`me\``, { field });
  }
  return { roomId: toRoomId(roomId, `${prefix}room_id`), userId: resolve(userId, context) };
}

/** `me` is whoever asks. */
function resolve(userId: string, { caller }: Origin): UserId {
  return userId === ME ? requireAccount(caller).account.id : (userId as UserId);
}

function resolveAll(userIds: readonly string[], context: Origin): readonly UserId[] {
  return userIds.map((userId) => resolve(userId, context));
}
