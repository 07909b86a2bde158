import { create } from "@bufbuild/protobuf";
import { durationFromMs, type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { v1 } from "@confab/protocol";
import type { AuditRecord } from "../../domain/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { ServiceKey, Session } from "../../domain/sessions.ts";
import type { AccountState, SystemRole } from "../../domain/system-roles.ts";
import type { User, UserKind } from "../../domain/users.ts";

/** The latest time that a Timestamp can hold: the end of the year 9999. */
const LAST_TIMESTAMP_MS = 253_402_300_799_999;

const kinds = {
  human: v1.UserKind.HUMAN,
  bot: v1.UserKind.BOT,
  guest: v1.UserKind.GUEST,
} as const satisfies Record<UserKind, v1.UserKind>;

const states = {
  active: v1.UserState.ACTIVE,
  suspended: v1.UserState.SUSPENDED,
  erased: v1.UserState.ERASED,
} as const satisfies Record<AccountState["kind"], v1.UserState>;

const roles = {
  guest: v1.SystemRole.GUEST,
  user: v1.SystemRole.USER,
  moderator: v1.SystemRole.MODERATOR,
  admin: v1.SystemRole.ADMIN,
  service: v1.SystemRole.SERVICE,
} as const satisfies Record<SystemRole, v1.SystemRole>;

const converted = new WeakMap<User, v1.User>();

/** A profile in the contract's form; made once for each, because the same ones are asked for again and again. */
export function toUser(user: User): v1.User {
  const known = converted.get(user);
  if (known) return known;
  const message = create(v1.UserSchema, {
    id: user.id,
    handle: user.handle,
    displayName: user.displayName,
    about: user.about,
    avatarUrl: user.avatarUrl,
    kind: kinds[user.kind],
    state: states[user.state.kind],
    role: roles[user.role],
    labels: { ...user.labels },
    hidePresence: user.hidesPresence,
    createTime: timestampFromMs(user.createdAtMs),
    updateTime: timestampFromMs(user.updatedAtMs),
    etag: String(user.version),
  });
  converted.set(user, message);
  return message;
}

export function toSession(session: Session) {
  return {
    id: session.id,
    userId: session.userId,
    deviceName: session.deviceName,
    createTime: timestampFromMs(session.createdAtMs),
    lastUsedTime: timestampFromMs(session.lastUsedAtMs),
    expireTime: timestampFromMs(session.expiresAtMs),
  };
}

export function toServiceKey(key: ServiceKey) {
  return { id: key.id, name: key.name, userId: key.userId, createTime: timestampFromMs(key.createdAtMs) };
}

export function toAuditEntry(record: AuditRecord) {
  return {
    seq: BigInt(record.seq),
    createTime: timestampFromMs(record.atMs),
    action: record.action,
    actorId: record.actorId ?? "",
    serviceId: record.serviceId ?? "",
    targetId: record.targetId ?? "",
    address: record.address,
    detail: record.detail,
  };
}

export const toDuration = durationFromMs;

/** Null where nothing is asked for. @throws ChatError FIELD_INVALID */
export function parseRole(role: v1.SystemRole, field: string): SystemRole | null {
  if (role === v1.SystemRole.UNSPECIFIED) return null;
  for (const [name, value] of Object.entries(roles)) if (value === role) return name as SystemRole;
  throw unknownValue(role, field);
}

/** Null where nothing is asked for. Accounts are erased by DeleteUser alone. @throws ChatError FIELD_INVALID */
export function parseState(state: v1.UserState, field: string): "active" | "suspended" | null {
  switch (state) {
    case v1.UserState.UNSPECIFIED:
      return null;
    case v1.UserState.ACTIVE:
      return "active";
    case v1.UserState.SUSPENDED:
      return "suspended";
    default:
      throw unknownValue(state, field);
  }
}

/** Null where no time is given. @throws ChatError FIELD_INVALID beyond the year 9999 */
export function parseEnd(time: Timestamp | undefined, field: string): EndMs {
  if (!time) return null;
  const ms = timestampMs(time);
  if (!Number.isFinite(ms) || ms > LAST_TIMESTAMP_MS || ms < 0) {
    throw new ChatError("FIELD_INVALID", `${field} is not a time between 1970 and 9999`, { field });
  }
  return ms;
}

function unknownValue(value: number, field: string): ChatError {
  return new ChatError("FIELD_INVALID", `${field} is ${value}, which can't be asked for here`, { field });
}
