import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type EnumNames, enumNames, v1 } from "@confab/protocol";
import type { RoomKind } from "../../../domain/access/permissions.ts";
import type { HistoryVisibility, JoinRule } from "../../../domain/access/room-access.ts";
import type { Room, RoomView } from "../../../domain/rooms/room.ts";
import { enumParser } from "../enums.ts";
import { toOwnMember } from "../members/convert.ts";
import { permissions } from "../members/permissions.ts";
import { toMessage } from "../messages/convert.ts";

const kinds = enumNames(v1.RoomKind) satisfies EnumNames<RoomKind>;
const joinRules = enumNames(v1.JoinRule) satisfies EnumNames<JoinRule>;
const visibilities = enumNames(v1.HistoryVisibility) satisfies EnumNames<HistoryVisibility>;

/** Converts a room as everyone may see it, without the fields that differ from person to person. */
export function toRoom(room: Room): v1.Room {
  return create(v1.RoomSchema, {
    id: room.id,
    kind: kinds.toNumber(room.kind),
    title: room.title,
    topic: room.topic,
    public: room.isPublic,
    policy: {
      joinRule: joinRules.toNumber(room.joinRule),
      historyVisibility: visibilities.toNumber(room.historyVisibility),
      slowMode: durationFromMs(room.slowModeMs),
      retention: durationFromMs(room.retentionMs),
      maxMembers: room.maxMembers,
      memberPermissions: room.memberPermissions.map(permissions.toNumber),
      requiredLikes: room.requiredLikes,
    },
    lastSeq: BigInt(room.lastSeq),
    firstSeq: BigInt(room.firstSeq),
    revision: BigInt(room.revision),
    memberCount: room.memberCount,
    labels: { ...room.labels },
    directUserIds: [...room.directUserIds],
    createTime: timestampFromMs(room.createdAtMs),
    updateTime: timestampFromMs(room.updatedAtMs),
    etag: String(room.version),
  });
}

/** Converts a room as one person sees it. */
export function toRoomView({ room, self, lastMessage, lastOwnEmoji }: RoomView): v1.Room {
  const message = toRoom(room);
  if (self) message.self = toOwnMember(self);
  if (lastMessage) message.lastMessage = toMessage(lastMessage, lastOwnEmoji);
  return message;
}

export const parseKind = enumParser(kinds);
export const parseJoinRule = enumParser(joinRules);
export const parseVisibility = enumParser(visibilities);
