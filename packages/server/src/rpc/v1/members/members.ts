import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import type { MemberKey, Members } from "../../../app/members/members.ts";
import type { Presence, Sighting } from "../../../app/presence/presence.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { describeTrace } from "../../../domain/access/decisions.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { Member } from "../../../domain/rooms/room.ts";
import type { RoomHandlers } from "../handlers.ts";
import { toRoomId, toUserId, toUserIds } from "../ids.ts";
import { parseEnd } from "../numbers.ts";
import { readPage } from "../pages.ts";
import { required } from "../required.ts";
import { parseRole, parseState, presences, toMember } from "./convert.ts";
import { parsePermission } from "./permissions.ts";
import { toMemberUpdate } from "./requests.ts";

type MemberMethod = "addMembers" | "listMembers" | "updateMember" | "removeMember" | "checkAccess";

export interface MemberParts {
  readonly members: Members;
  readonly presence: Presence;
}

/** The RoomService's calls about members. */
export function memberHandlers({ members, presence }: MemberParts): Pick<RoomHandlers, MemberMethod> {
  return {
    async addMembers(ask, { roomId, userIds, role, expireTime }) {
      const added = await members.addMembers(ask, {
        roomId: toRoomId(roomId),
        userIds: toUserIds(userIds, ask),
        role: parseRole(role, "role"),
        expiresAtMs: parseEnd(expireTime, "expire_time"),
      });
      return { members: added.map(toMember) };
    },

    async listMembers(ask, { state, ...request }) {
      const roomId = toRoomId(request.roomId);
      const wanted = parseState(state, "state");
      const { page, nextPageToken } = await readPage(request, {
        list: `members ${wanted ?? "joined"} ${roomId}`,
        read: (afterId, limit) => members.listMembers(ask, { roomId, afterId, limit, state: wanted }),
        positionOf: ({ userId }) => userId,
      });
      const userIds = page.map(({ userId }) => userId);
      const seen = await presence.seenBy(ask, { roomId, userIds });
      return {
        members: page.map((member) => toSeenMember(member, seen.get(member.userId))),
        nextPageToken,
      };
    },

    async updateMember(ask, { member, updateMask, reason }) {
      const wanted = required(member, "member");
      const key = toKey(wanted, ask, "member.");
      const update = toMemberUpdate(wanted, updateMask?.paths ?? [], reason);
      return { member: toMember(await members.updateMember(ask, { ...key, ...update })) };
    },

    async removeMember(ask, { reason, ...key }) {
      await members.removeMember(ask, { ...toKey(key, ask), reason });
      return {};
    },

    async checkAccess(ask, { permission: asked, ...key }) {
      const permission = parsePermission(asked, "permission");
      if (permission === null) {
        const message = "permission is unspecified: say what is to be checked";
        throw new ChatError("FIELD_REQUIRED", message, { field: "permission" });
      }
      const { allowed, decidedBy, trace } = await members.checkAccess(ask, {
        ...toKey(key, ask),
        permission,
      });
      return { allowed, decidedBy, trace: [...describeTrace(trace)] };
    },
  };
}

/** Stands for users whose presence the caller may not see: they look offline. */
const UNSEEN: Sighting = { presence: "offline", lastSeenAtMs: null };

function toSeenMember(member: Member, sighting: Sighting | undefined): v1.Member {
  const message = toMember(member);
  if (member.state !== "joined") return message;
  const { presence, lastSeenAtMs } = sighting ?? UNSEEN;
  message.presence = presences.toNumber(presence);
  message.online = presence !== "offline";
  if (lastSeenAtMs !== null) message.lastSeenTime = timestampFromMs(lastSeenAtMs);
  return message;
}

function toKey(
  { roomId, userId }: { roomId: string; userId: string },
  ask: AccountAsk,
  prefix = "",
): MemberKey {
  const field = `${prefix}user_id`;
  if (userId === "") {
    throw new ChatError("FIELD_REQUIRED", `${field} is empty: give the id of a user, or \`me\``, { field });
  }
  return { roomId: toRoomId(roomId, `${prefix}room_id`), userId: toUserId(userId, ask) };
}
