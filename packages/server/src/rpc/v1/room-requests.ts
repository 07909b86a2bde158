/** Requests about rooms and members, as use cases are asked: names and numbers are read, not yet judged. */

import { create } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { MemberUpdate } from "../../app/members.ts";
import type { RoomChangeRequest } from "../../app/rooms.ts";
import { ChatError } from "../../domain/errors.ts";
import type { MemberPatch } from "../../domain/member-changes.ts";
import type { TimedPermission } from "../../domain/membership.ts";
import type { RoomFields } from "../../domain/room-fields.ts";
import { parseEnd } from "./convert.ts";
import { parseDuration } from "./numbers.ts";
import { parseJoinRule, parsePermissions, parseRole, parseState, parseVisibility } from "./room-convert.ts";

type ReadFields = (room: v1.Room, policy: v1.RoomPolicy) => Partial<RoomFields>;

/** What each path of a room's mask changes. */
const readers = {
  title: ({ title }) => ({ title }),
  topic: ({ topic }) => ({ topic }),
  public: (room) => ({ isPublic: room.public }),
  labels: ({ labels }) => ({ labels }),
  "policy.join_rule": (_, { joinRule }) => ({
    joinRule: parseJoinRule(joinRule, "room.policy.join_rule"),
  }),
  "policy.history_visibility": (_, { historyVisibility }) => ({
    historyVisibility: parseVisibility(historyVisibility, "room.policy.history_visibility") ?? "full",
  }),
  "policy.slow_mode": (_, { slowMode }) => ({
    slowModeMs: parseDuration(slowMode, "room.policy.slow_mode"),
  }),
  "policy.retention": (_, { retention }) => ({
    retentionMs: parseDuration(retention, "room.policy.retention"),
  }),
  "policy.max_members": (_, { maxMembers }) => ({ maxMembers }),
  "policy.member_permissions": (_, { memberPermissions }) => ({
    memberPermissions: parsePermissions(memberPermissions, "room.policy.member_permissions"),
  }),
  "policy.required_likes": (_, { requiredLikes }) => ({ requiredLikes }),
} as const satisfies Record<string, ReadFields>;

const PATHS = Object.keys(readers) as (keyof typeof readers)[];
const POLICY_PATHS = PATHS.filter((path) => path.startsWith("policy."));

/** All fields of a room that is to be made. @throws ChatError FIELD_INVALID */
export function toRoomFields(room: v1.Room): RoomFields {
  return readFields(room, PATHS) as RoomFields;
}

/** What a field mask names of a room. @throws ChatError FIELD_REQUIRED, FIELD_UNKNOWN, FIELD_INVALID */
export function toRoomChange(room: v1.Room, paths: readonly string[]): RoomChangeRequest {
  const named = requirePaths(paths).flatMap((path) => (path === "policy" ? POLICY_PATHS : [path]));
  const known = named.map((path) => toKnown(path, PATHS, ["policy"]));
  return {
    fields: readFields(room, known),
    paths,
    expectedVersion: room.etag === "" ? null : toVersion(room.etag),
  };
}

function readFields(room: v1.Room, paths: readonly (keyof typeof readers)[]): Partial<RoomFields> {
  const policy = room.policy ?? create(v1.RoomPolicySchema);
  return Object.assign({}, ...paths.map((path) => readers[path](room, policy))) as Partial<RoomFields>;
}

type ReadPatch = (member: v1.Member) => MemberPatch;

/** What each path of a member's mask changes. */
const patches = {
  role: ({ role }) => ({ role: parseRole(role, "member.role") ?? unset("member.role") }),
  state: ({ state }) => ({ state: toReachable(state) }),
  expire_time: ({ expireTime }) => ({ expiresAtMs: parseEnd(expireTime, "member.expire_time") }),
  muted_until_time: ({ mutedUntilTime }) => ({
    mutedUntilMs: parseEnd(mutedUntilTime, "member.muted_until_time"),
  }),
  allow: ({ allow }) => ({ allow: toTimed(allow, "member.allow") }),
  deny: ({ deny }) => ({ deny: toTimed(deny, "member.deny") }),
} as const satisfies Record<string, ReadPatch>;

const MEMBER_PATHS = Object.keys(patches) as (keyof typeof patches)[];

/** What a field mask names of a membership. @throws ChatError FIELD_REQUIRED, FIELD_UNKNOWN, FIELD_INVALID */
export function toMemberUpdate(member: v1.Member, paths: readonly string[], reason: string): MemberUpdate {
  const known = requirePaths(paths).map((path) => toKnown(path, MEMBER_PATHS));
  const patch = Object.assign({}, ...known.map((path) => patches[path](member))) as MemberPatch;
  return { patch, paths: known, reason };
}

function toReachable(value: v1.MemberState): NonNullable<MemberPatch["state"]> {
  const field = "member.state";
  const state = parseState(value, field) ?? unset(field);
  if (state === "joined" || state === "left" || state === "banned") return state;
  const message = `${field} can become JOINED, LEFT or BANNED: AddMembers invites, and knocks`;
  throw new ChatError("FIELD_INVALID", message, { field });
}

function toTimed(values: readonly v1.Permission[], field: string): readonly TimedPermission[] {
  return parsePermissions(values, field).map((permission) => ({ permission, expiresAtMs: null }));
}

function unset(field: string): never {
  throw new ChatError("FIELD_INVALID", `${field} is unspecified: give a value`, { field });
}

function requirePaths(paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  const message = "name the fields to change in update_mask";
  throw new ChatError("FIELD_REQUIRED", message, { field: "update_mask" });
}

function toKnown<Path extends string>(
  path: string,
  known: readonly Path[],
  more: readonly string[] = [],
): Path {
  const found = known.find((name) => name === path);
  if (found !== undefined) return found;
  const message = `update_mask names "${path}": it may name ${[...known, ...more].join(", ")}`;
  throw new ChatError("FIELD_UNKNOWN", message, { field: "update_mask" });
}

function toVersion(etag: string): number {
  // What isn't an etag of ours is of no version, and conflicts with every one.
  return /^\d{1,15}$/.test(etag) ? Number(etag) : -1;
}
