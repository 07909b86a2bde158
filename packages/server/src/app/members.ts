import type { BusEvent } from "../bus/port.ts";
import type { Origin } from "../domain/callers.ts";
import type { AccessDecision } from "../domain/decide.ts";
import { ChatError } from "../domain/errors.ts";
import type { EndMs } from "../domain/expiry.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { MemberPatch } from "../domain/member-changes.ts";
import type { MemberState } from "../domain/membership.ts";
import type { Permission, RoomRole } from "../domain/permissions.ts";
import { parseReason } from "../domain/profile.ts";
import type { Member } from "../domain/rooms.ts";
import type { Store } from "../store/port/store.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { parseUserIds, requireOwnAccount, takeJoin } from "./joining.ts";
import type { Limits } from "./limits.ts";
import { published } from "./publishing.ts";
import { accepted, toActor } from "./refusals.ts";
import { requireAccount } from "./require.ts";

/** Who is in a room, and as what. */
export interface Members {
  /**
   * Invites others; naming oneself joins, accepts an invitation or knocks; administrators and services add at once.
   * All of them or nobody.
   *
   * @throws ChatError FIELD_…, TOO_MANY_IDS, USER_NOT_FOUND, ALREADY_MEMBER, ROOM_FULL, NOT_PERMITTED, BANNED,
   * INVITE_REQUIRED, RATE_LIMITED, ROOM_…
   */
  add(roomId: RoomId, addition: MemberAddition, origin: Origin): Promise<readonly Member[]>;
  /**
   * By user id. Who has joined is known to whoever may know of the room; the other states to who may manage members.
   *
   * @throws ChatError NOT_PERMITTED, ROOM_…
   */
  list(
    roomId: RoomId,
    page: { afterId: string; limit: number; state: MemberState | null },
    origin: Origin,
  ): Promise<readonly Member[]>;
  /** @throws ChatError FIELD_INVALID, MEMBER_NOT_FOUND, USER_NOT_FOUND, LAST_OWNER, ROOM_FULL, NOT_PERMITTED, ROOM_… */
  update(key: MemberKey, change: MemberUpdate, origin: Origin): Promise<Member>;
  /** Removes another, or leaves. @throws ChatError MEMBER_NOT_FOUND, LAST_OWNER, NOT_PERMITTED, ROOM_… */
  remove(key: MemberKey, reason: string, origin: Origin): Promise<void>;
  /** Whether a user may do something. @throws ChatError NOT_PERMITTED, USER_NOT_FOUND, ROOM_… */
  checkAccess(key: MemberKey, permission: Permission, origin: Origin): Promise<AccessDecision>;
}

interface MemberAddition {
  readonly userIds: readonly UserId[];
  readonly role: RoomRole | null;
  readonly expiresAtMs: EndMs;
}

export interface MemberKey {
  readonly roomId: RoomId;
  readonly userId: UserId;
}

export interface MemberUpdate {
  readonly patch: MemberPatch;
  /** What was changed, by its names in the contract, and why: for the audit trail. */
  readonly paths: readonly string[];
  readonly reason: string;
}

export interface MembersOptions {
  readonly store: Store;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly limits: Limits;
  readonly clock: Clock;
}

export function createMembers({ store, publish, limits, clock }: MembersOptions): Members {
  return {
    async add(roomId, { userIds, role, expiresAtMs }, origin) {
      const caller = requireAccount(origin.caller);
      const named = parseUserIds(userIds, { mayBeEmpty: false });
      if (named.includes(caller.account.id)) requireOwnAccount(origin);
      checkEnd(expiresAtMs, "expire_time");
      await takeJoin(caller, { limits, clock });
      const outcome = await store.addMembers({
        actor: toActor(caller),
        roomId,
        userIds: named,
        role,
        expiresAtMs,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "member-added" }),
      });
      return published(publish, outcome).members;
    },

    async list(roomId, page, origin) {
      const actor = toActor(requireAccount(origin.caller));
      return accepted(await store.listMembers({ ...page, actor, roomId, nowMs: clock() })).members;
    },

    async update({ roomId, userId }, { patch, paths, reason }, origin) {
      const actor = toActor(requireAccount(origin.caller));
      checkPatch(patch);
      parseReason(reason, "reason");
      const outcome = await store.updateMember({
        actor,
        roomId,
        userId,
        patch,
        nowMs: clock(),
        audit: auditEntry(origin, clock, {
          action: "member-updated",
          targetId: userId,
          detail: describe(roomId, paths.map((path) => describePath(patch, path)).join(", "), reason),
        }),
      });
      return published(publish, outcome).member;
    },

    async remove({ roomId, userId }, reason, origin) {
      const actor = toActor(requireAccount(origin.caller));
      parseReason(reason, "reason");
      const outcome = await store.removeMember({
        actor,
        roomId,
        userId,
        nowMs: clock(),
        audit: auditEntry(origin, clock, {
          action: "member-removed",
          targetId: userId,
          detail: describe(roomId, reason),
        }),
      });
      published(publish, outcome);
    },

    async checkAccess({ roomId, userId }, permission, origin) {
      const actor = toActor(requireAccount(origin.caller));
      const query = { actor, roomId, userId, permission, nowMs: clock() };
      return accepted(await store.checkAccess(query)).decision;
    },
  };

  function checkPatch({ state, expiresAtMs, mutedUntilMs }: MemberPatch): void {
    checkEnd(expiresAtMs ?? null, "member.expire_time");
    checkEnd(mutedUntilMs ?? null, "member.muted_until_time");
    if (state === "left" && expiresAtMs) {
      const message = "member.expire_time is given, and who has left has nothing that could end";
      throw new ChatError("FIELD_INVALID", message, { field: "member.expire_time" });
    }
  }

  function checkEnd(endMs: EndMs, field: string): void {
    if (endMs === null || endMs > clock()) return;
    throw new ChatError("FIELD_INVALID", `${field} has passed already`, { field });
  }
}

/** A changed field; of role and state, which decide most, with what it is now. */
function describePath({ role, state }: MemberPatch, path: string): string {
  if (path === "role") return `role ${role}`;
  return path === "state" ? `state ${state}` : path;
}

function describe(roomId: RoomId, ...parts: readonly string[]): string {
  return [`room ${roomId}`, ...parts].filter((part) => part !== "").join("; ");
}
