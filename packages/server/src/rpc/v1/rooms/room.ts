import { v1 } from "@confab/protocol";
import type { Rooms } from "../../../app/rooms/rooms.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { ChatError } from "../../../domain/errors.ts";
import { titleKey } from "../../../domain/rooms/fields.ts";
import { roomAccess } from "../../access.ts";
import { type Binding, binding } from "../../binding.ts";
import { toRoomId, toUserIds } from "../ids.ts";
import { type MemberParts, memberHandlers } from "../members/members.ts";
import { readPage } from "../pages.ts";
import { required } from "../required.ts";
import { parseKind, toRoomView } from "./convert.ts";
import { toRoomChange, toRoomFields } from "./requests.ts";

interface RoomParts extends MemberParts {
  readonly rooms: Rooms;
}

/** The full contract's RoomService. */
export function roomService({ rooms, members, presence }: RoomParts): Binding {
  return binding(v1.RoomService, roomAccess, {
    async createRoom(ask, { room, userIds, requestId }) {
      const wanted = required(room, "room");
      const view = await rooms.createRoom(ask, {
        kind: parseKind(wanted.kind, "room.kind") ?? "group",
        fields: toRoomFields(wanted),
        userIds: toUserIds(userIds, ask),
        requestId,
      });
      return { room: toRoomView(view) };
    },

    async openDirectRoom(ask, { userIds }) {
      const { view, created } = await rooms.openDirectRoom(ask, toUserIds(userIds, ask));
      return { room: toRoomView(view), created };
    },

    async getRoom(ask, { roomId }) {
      return { room: toRoomView(await rooms.getRoom(ask, toRoomId(roomId))) };
    },

    async listRooms(ask, { directory, query, ...request }) {
      if (directory) return listDirectory(rooms, ask, { ...request, query });
      if (query !== "") {
        const message = "query searches the directory: set directory, or leave query empty";
        throw new ChatError("FIELD_INVALID", message, { field: "query" });
      }
      const { page, nextPageToken } = await readPage(request, {
        list: "rooms",
        read: (afterId, limit) => rooms.listRooms(ask, { afterId, limit }),
        positionOf: ({ room }) => room.id,
      });
      return { rooms: page.map(toRoomView), nextPageToken };
    },

    async updateRoom(ask, { room, updateMask }) {
      const wanted = required(room, "room");
      const roomId = toRoomId(wanted.id, "room.id");
      const change = toRoomChange(wanted, updateMask?.paths ?? []);
      return { room: toRoomView(await rooms.updateRoom(ask, { roomId, ...change })) };
    },

    async deleteRoom(ask, { roomId }) {
      await rooms.deleteRoom(ask, toRoomId(roomId));
      return {};
    },

    ...memberHandlers({ members, presence }),
  });
}

async function listDirectory(
  rooms: Rooms,
  ask: AccountAsk,
  { query, ...request }: Pick<v1.ListRoomsRequest, "query" | "pageSize" | "pageToken">,
) {
  const { page, nextPageToken } = await readPage(request, {
    list: `directory ${titleKey(query)}`,
    read: (position, limit) => rooms.listDirectory(ask, { ...toPosition(position), limit, query }),
    positionOf: ({ key, view }) => `${view.room.id} ${key}`,
  });
  return { rooms: page.map(({ view }) => toRoomView(view)), nextPageToken };
}

/** Reads where a page of the directory starts: a room's id, which has no spaces, and its title's key. */
function toPosition(position: string): { readonly afterKey: string; readonly afterId: string } {
  const [afterId = "", ...key] = position.split(" ");
  return { afterKey: key.join(" "), afterId };
}
