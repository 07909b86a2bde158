import type { v1 } from "@confab/protocol";
import type { MemberUpdate } from "../../../app/members/members.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { MemberPatch } from "../../../domain/members/changes.ts";
import type { TimedPermission } from "../../../domain/members/membership.ts";
import { type Readers, readMask } from "../masks.ts";
import { parseEnd } from "../numbers.ts";
import { parseRole, parseState } from "./convert.ts";
import { parsePermissions } from "./permissions.ts";

const readers: Readers<v1.Member, MemberPatch> = {
  role: ({ role }) => ({ role: parseRole(role, "member.role") ?? unset("member.role") }),
  state: ({ state }) => ({ state: toReachable(state) }),
  expire_time: ({ expireTime }) => ({ expiresAtMs: parseEnd(expireTime, "member.expire_time") }),
  muted_until_time: ({ mutedUntilTime }) => ({
    mutedUntilMs: parseEnd(mutedUntilTime, "member.muted_until_time"),
  }),
  allow: ({ allow }) => ({ allow: toTimed(allow, "member.allow") }),
  deny: ({ deny }) => ({ deny: toTimed(deny, "member.deny") }),
};

/** Reads the changes that a field mask names. @throws ChatError FIELD_REQUIRED, FIELD_UNKNOWN, FIELD_INVALID */
export function toMemberUpdate(member: v1.Member, paths: readonly string[], reason: string): MemberUpdate {
  return { patch: readMask(member, paths, readers), paths, reason };
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
