import type { Updateable } from "kysely";
import type { JoinRule } from "../../domain/room-access.ts";
import { type RoomFields, titleKey } from "../../domain/room-fields.ts";
import type { Refused } from "../port/outcomes.ts";
import type { Schema } from "../schema.ts";
import { refused } from "./undoable.ts";

type FieldColumn =
  | "title"
  | "title_key"
  | "topic"
  | "public"
  | "join_rule"
  | "history_visibility"
  | "slow_mode_ms"
  | "retention_ms"
  | "max_members"
  | "member_permissions"
  | "required_likes"
  | "labels";

/** The columns that a room's fields are kept in. */
export function toColumns(
  fields: Partial<RoomFields> & { readonly joinRule: JoinRule },
): Pick<Updateable<Schema["rooms"]>, FieldColumn> {
  const { title, topic, isPublic, historyVisibility, memberPermissions, labels } = fields;
  return {
    ...(title !== undefined && { title, title_key: titleKey(title) }),
    ...(topic !== undefined && { topic }),
    ...(isPublic !== undefined && { public: isPublic ? 1 : 0 }),
    join_rule: fields.joinRule,
    ...(historyVisibility && { history_visibility: historyVisibility }),
    ...(fields.slowModeMs !== undefined && { slow_mode_ms: fields.slowModeMs }),
    ...(fields.retentionMs !== undefined && { retention_ms: fields.retentionMs }),
    ...(fields.maxMembers !== undefined && { max_members: fields.maxMembers }),
    ...(memberPermissions && { member_permissions: JSON.stringify(memberPermissions) }),
    ...(fields.requiredLikes !== undefined && { required_likes: fields.requiredLikes }),
    ...(labels && { labels: JSON.stringify(labels) }),
  };
}

/** What is said where a private room would get a join rule of public ones. */
export function refusedJoinRule(): Refused {
  return refused(
    "FIELD_INVALID",
    "a private room is entered by invitation: make the room public, or leave join_rule unset",
    "room.policy.join_rule",
  );
}
