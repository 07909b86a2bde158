import { create } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { RoomChangeRequest } from "../../../app/rooms/rooms.ts";
import type { RoomFields } from "../../../domain/rooms/fields.ts";
import { type Readers, readMask } from "../masks.ts";
import { parsePermissions } from "../members/permissions.ts";
import { parseDuration, parseEtag } from "../numbers.ts";
import { parseJoinRule, parseVisibility } from "./convert.ts";

type RoomWithPolicy = v1.Room & { readonly policy: v1.RoomPolicy };

const policyReaders: Readers<RoomWithPolicy, RoomFields> = {
  "policy.join_rule": ({ policy }) => ({
    joinRule: parseJoinRule(policy.joinRule, "room.policy.join_rule"),
  }),
  "policy.history_visibility": ({ policy }) => ({
    historyVisibility: parseVisibility(policy.historyVisibility, "room.policy.history_visibility") ?? "full",
  }),
  "policy.slow_mode": ({ policy }) => ({
    slowModeMs: parseDuration(policy.slowMode, "room.policy.slow_mode"),
  }),
  "policy.retention": ({ policy }) => ({
    retentionMs: parseDuration(policy.retention, "room.policy.retention"),
  }),
  "policy.max_members": ({ policy }) => ({ maxMembers: policy.maxMembers }),
  "policy.member_permissions": ({ policy }) => ({
    memberPermissions: parsePermissions(policy.memberPermissions, "room.policy.member_permissions"),
  }),
  "policy.required_likes": ({ policy }) => ({ requiredLikes: policy.requiredLikes }),
};

const POLICY_PATHS = Object.keys(policyReaders);

const readers: Readers<RoomWithPolicy, RoomFields> = {
  title: ({ title }) => ({ title }),
  topic: ({ topic }) => ({ topic }),
  public: (room) => ({ isPublic: room.public }),
  labels: ({ labels }) => ({ labels }),
  ...policyReaders,
  policy: (room) => readMask(room, POLICY_PATHS, policyReaders),
};

/** Reads all fields of a new room. @throws ChatError FIELD_INVALID */
export function toRoomFields(room: v1.Room): RoomFields {
  const paths = ["title", "topic", "public", "labels", "policy"];
  return readMask(withPolicy(room), paths, readers) as RoomFields;
}

/** Reads the changes that a field mask names. @throws ChatError FIELD_REQUIRED, FIELD_UNKNOWN, FIELD_INVALID */
export function toRoomChange(room: v1.Room, paths: readonly string[]): RoomChangeRequest {
  return {
    fields: readMask(withPolicy(room), paths, readers),
    paths,
    expectedVersion: parseEtag(room.etag),
  };
}

function withPolicy(room: v1.Room): RoomWithPolicy {
  return { ...room, policy: room.policy ?? create(v1.RoomPolicySchema) };
}
