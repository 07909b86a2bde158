import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import type { AccessDecision } from "../../domain/access/decide.ts";
import type { Permission, RoomRole } from "../../domain/access/permissions.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { EndMs } from "../../domain/expiry.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { MemberPatch } from "../../domain/members/changes.ts";
import type { MemberState } from "../../domain/members/membership.ts";
import type { Member } from "../../domain/rooms/room.ts";
import { parseReason } from "../../domain/users/profile.ts";
import type { Store } from "../../store/port/store.ts";
import { refuseOperator } from "../admin/operator.ts";
import type { Limits } from "../limits.ts";
import { type Publish, published } from "../publishing.ts";
import { parseUserIds, takeJoin } from "./joining.ts";

/** The people in a room, and their roles. */
export interface Members {
  /**
   * Invites others; naming oneself joins, accepts an invitation or knocks; administrators and services add at once.
   * All of them or nobody.
   *
   * @throws ChatError FIELD_…, TOO_MANY_IDS, USER_NOT_FOUND, ALREADY_MEMBER, ROOM_FULL, NOT_PERMITTED, BANNED,
   * INVITE_REQUIRED, RATE_LIMITED, ROOM_…
   */
  addMembers(ask: AccountAsk, addition: MemberAddition): Promise<readonly Member[]>;
  /**
   * Lists members by user id. Everyone who may know of the room knows who has joined; only those who may manage members
   * know of the other states.
   *
   * @throws ChatError NOT_PERMITTED, ROOM_…
   */
  listMembers(
    ask: AccountAsk,
    page: { roomId: RoomId; afterId: string; limit: number; state: MemberState | null },
  ): Promise<readonly Member[]>;
  /** @throws ChatError FIELD_INVALID, MEMBER_NOT_FOUND, USER_NOT_FOUND, LAST_OWNER, ROOM_FULL, NOT_PERMITTED, ROOM_… */
  updateMember(ask: AccountAsk, change: MemberKey & MemberUpdate): Promise<Member>;
  /** Removes another, or leaves. @throws ChatError MEMBER_NOT_FOUND, LAST_OWNER, NOT_PERMITTED, ROOM_… */
  removeMember(ask: AccountAsk, removal: MemberKey & { reason: string }): Promise<void>;
  /** Decides about a user for whoever may ask. @throws ChatError NOT_PERMITTED, USER_NOT_FOUND, ROOM_… */
  checkAccess(ask: AccountAsk, question: MemberKey & { permission: Permission }): Promise<AccessDecision>;
}

interface MemberAddition {
  readonly roomId: RoomId;
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
  /** The changed fields, by their names in the contract: for the audit trail. */
  readonly paths: readonly string[];
  /** For the audit trail, and for whoever is removed or banned. */
  readonly reason: string;
}

export function createMembers(store: Store, publish: Publish, limits: Limits): Members {
  return {
    async addMembers(ask, { roomId, userIds, role, expiresAtMs }) {
      const named = parseUserIds(userIds, { mayBeEmpty: false });
      if (named.includes(ask.caller.account.id)) refuseOperator(ask);
      checkEnd(ask, expiresAtMs, "expire_time");
      await takeJoin(ask, limits);
      const addition = { ...actorNow(ask), roomId, userIds: named, role, expiresAtMs };
      const audit = auditEntry(ask, { action: "member-added" });
      return published(publish, await store.addMembers({ ...addition, audit })).members;
    },

    listMembers: (ask, page) => store.listMembers({ ...page, ...actorNow(ask) }),

    async updateMember(ask, { roomId, userId, patch, paths, reason }) {
      checkPatch(ask, patch);
      parseReason(reason, "reason");
      const audit = auditEntry(ask, {
        action: "member-updated",
        targetId: userId,
        detail: describe(roomId, paths.map((path) => describePath(patch, path)).join(", "), reason),
      });
      const update = { ...actorNow(ask), roomId, userId, patch, reason, audit };
      return published(publish, await store.updateMember(update)).member;
    },

    async removeMember(ask, { roomId, userId, reason }) {
      parseReason(reason, "reason");
      const detail = describe(roomId, reason);
      const audit = auditEntry(ask, { action: "member-removed", targetId: userId, detail });
      published(publish, await store.removeMember({ ...actorNow(ask), roomId, userId, reason, audit }));
    },

    checkAccess: (ask, question) => store.checkAccess({ ...question, ...actorNow(ask) }),
  };
}

function checkPatch(ask: AccountAsk, { state, expiresAtMs, mutedUntilMs }: MemberPatch): void {
  checkEnd(ask, expiresAtMs ?? null, "member.expire_time");
  checkEnd(ask, mutedUntilMs ?? null, "member.muted_until_time");
  if (state === "left" && expiresAtMs) {
    const message = "member.expire_time is given, and who has left has nothing that could end";
    throw new ChatError("FIELD_INVALID", message, { field: "member.expire_time" });
  }
}

function checkEnd({ nowMs }: AccountAsk, endMs: EndMs, field: string): void {
  if (endMs === null || endMs > nowMs) return;
  throw new ChatError("FIELD_INVALID", `${field} has passed already`, { field });
}

/** Names a changed field; for role and state, which decide most, with the new value. */
function describePath({ role, state, expiresAtMs, mutedUntilMs }: MemberPatch, path: string): string {
  if (path === "role") return `role ${role}`;
  if (path === "state") return `state ${state}`;
  if (path === "expire_time") return `${path} ${describeTime(expiresAtMs)}`;
  return path === "muted_until_time" ? `${path} ${describeTime(mutedUntilMs)}` : path;
}

function describeTime(timeMs: EndMs | undefined): string {
  return timeMs === null || timeMs === undefined ? "none" : new Date(timeMs).toISOString();
}

function describe(roomId: RoomId, ...parts: readonly string[]): string {
  return [`room ${roomId}`, ...parts].filter((part) => part !== "").join("; ");
}
