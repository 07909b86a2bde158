import type { Updateable } from "kysely";
import type { JoinRule } from "../../domain/access/room-access.ts";
import { type RoomFields, titleKey } from "../../domain/rooms/fields.ts";
import type { Schema } from "./schema.ts";

/** The columns that a room's fields are kept in. */
export function toColumns(
  fields: Partial<RoomFields> & { readonly joinRule: JoinRule },
): Omit<Updateable<Schema["rooms"]>, "id" | "kind"> {
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
