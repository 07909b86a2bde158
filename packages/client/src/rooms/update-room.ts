import type { MessageInitShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { required } from "../errors.ts";
import { toDuration } from "../fields.ts";
import type { CallOptions } from "../options.ts";
import type { RoomContext } from "./context.ts";
import { joinRules, visibilities } from "./convert-room.ts";
import type { RoomChanges } from "./room.ts";

/** Changes a room's fields and policy; those that are undefined stay. @throws ConfabError */
export async function updateRoom(
  { session }: RoomContext,
  { roomId, changes }: { readonly roomId: string; readonly changes: RoomChanges },
  options: CallOptions,
): Promise<v1.Room> {
  const { title, topic, isPublic, labels, ...policy } = changes;
  const { joinRule, historyVisibility, slowModeMs, retentionMs, maxMembers, requiredLikes } = policy;
  const paths = [
    title !== undefined && "title",
    topic !== undefined && "topic",
    isPublic !== undefined && "public",
    labels && "labels",
    joinRule && "policy.join_rule",
    historyVisibility && "policy.history_visibility",
    slowModeMs !== undefined && "policy.slow_mode",
    retentionMs !== undefined && "policy.retention",
    maxMembers !== undefined && "policy.max_members",
    requiredLikes !== undefined && "policy.required_likes",
  ];
  const room: MessageInitShape<typeof v1.RoomSchema> = {
    id: roomId,
    title: title ?? "",
    topic: topic ?? "",
    public: isPublic ?? false,
    labels: { ...labels },
    policy: {
      ...(joinRule && { joinRule: joinRules.toNumber(joinRule) }),
      ...(historyVisibility && { historyVisibility: visibilities.toNumber(historyVisibility) }),
      ...(slowModeMs !== undefined && { slowMode: toDuration(slowModeMs, "policy.slow_mode") }),
      ...(retentionMs !== undefined && { retention: toDuration(retentionMs, "policy.retention") }),
      maxMembers: maxMembers ?? 0,
      requiredLikes: requiredLikes ?? 0,
    },
  };
  const updateMask = { paths: paths.filter((path) => typeof path === "string") };
  const answer = await session.call(v1.RoomService.method.updateRoom, { room, updateMask }, options);
  return required(answer.room);
}
