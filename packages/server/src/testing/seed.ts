import { randomUUID } from "node:crypto";
import { auditEntry } from "../app/audit.ts";
import type { Clock } from "../app/clock.ts";
import { OPERATOR } from "../app/operator.ts";
import { createPasswords } from "../app/passwords.ts";
import { accepted, toActor } from "../app/refusals.ts";
import type { UseCases } from "../app/use-cases.ts";
import type { AuditAction, AuditEntry } from "../domain/audit.ts";
import type { Origin } from "../domain/callers.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import { parseHandle } from "../domain/names.ts";
import type { RoomRole } from "../domain/permissions.ts";
import type { RoomFields } from "../domain/room-fields.ts";
import type { SystemRole } from "../domain/system-roles.ts";
import type { Store } from "../store/port/store.ts";

/** What a test server has from its start, each thing by a name that the test knows it by. */
export interface Seed<UserName extends string, RoomName extends string> {
  /** By handle: 2 to 32 of a-z 0-9 . _ - */
  readonly users?: Readonly<Record<UserName, SeedUser>>;
  readonly rooms?: Readonly<Record<RoomName, SeedRoom<NoInfer<UserName>>>>;
}

export interface SeedUser {
  /** For a test that signs in by itself; without one nobody can, but for the tokens that the server gives. */
  readonly password?: string;
  readonly displayName?: string;
  /** Default: `user`. */
  readonly role?: SystemRole;
  readonly hidesPresence?: boolean;
}

export interface SeedRoom<UserName extends string> extends Partial<RoomFields> {
  /** Default: `group`. */
  readonly kind?: "group" | "broadcast";
  readonly owner: UserName;
  /** Who has joined beside the owner, with the role that each has. */
  readonly members?: Readonly<Partial<Record<UserName, RoomRole>>>;
  /** From the first on. */
  readonly messages?: readonly { readonly from: UserName; readonly text: string }[];
}

/** What a client has of someone who has signed in. */
export interface SignedInUser {
  readonly id: string;
  readonly handle: string;
  /** Valid for 5 minutes of the server's clock. */
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface SeededRoom {
  readonly id: string;
}

export interface Seeded<UserName extends string, RoomName extends string> {
  readonly users: Readonly<Record<UserName, SignedInUser>>;
  readonly rooms: Readonly<Record<RoomName, SeededRoom>>;
}

export interface SeedParts {
  readonly store: Store;
  readonly useCases: UseCases;
  readonly clock: Clock;
}

const ORIGIN: Origin = { caller: OPERATOR, address: "127.0.0.1" };

const PLAIN: Omit<RoomFields, "title"> = {
  topic: "",
  isPublic: false,
  joinRule: null,
  historyVisibility: "full",
  slowModeMs: 0,
  retentionMs: 0,
  maxMembers: 0,
  memberPermissions: [],
  requiredLikes: 0,
  labels: {},
};

/** Fills a server's store, as its operator would. @throws ChatError for a seed that the rules refuse */
export async function plant<UserName extends string, RoomName extends string>(
  parts: SeedParts,
  { users, rooms }: Seed<UserName, RoomName>,
): Promise<Seeded<UserName, RoomName>> {
  const planted = new Map<string, SignedInUser>();
  for (const [handle, user] of entries(users)) planted.set(handle, await plantUser(parts, handle, user));
  const idOf = (name: string): UserId => {
    const user = planted.get(name);
    if (!user) throw new RangeError(`the seed's rooms name "${name}", who is not among its users`);
    return user.id as UserId;
  };
  const plantedRooms = new Map<string, SeededRoom>();
  for (const [name, room] of entries(rooms)) {
    plantedRooms.set(name, { id: await plantRoom(parts, { title: name, ...room }, idOf) });
  }
  return {
    users: Object.fromEntries(planted) as Seeded<UserName, RoomName>["users"],
    rooms: Object.fromEntries(plantedRooms) as Seeded<UserName, RoomName>["rooms"],
  };
}

function entries<Name extends string, Value>(
  record: Readonly<Record<Name, Value>> | undefined,
): readonly [Name, Value][] {
  return Object.entries(record ?? {}) as [Name, Value][];
}

/** Signs a user in, once more. @throws ChatError USER_NOT_FOUND */
export async function signIn(
  { useCases }: Pick<SeedParts, "useCases">,
  userId: string,
): Promise<SignedInUser> {
  const user = await useCases.accounts.get({ id: userId, handle: "" });
  const { accessToken, refreshToken } = await useCases.sessions.open(user, ORIGIN, "");
  return { id: user.id, handle: user.handle, accessToken, refreshToken };
}

async function plantUser(parts: SeedParts, handle: string, user: SeedUser): Promise<SignedInUser> {
  const { store, clock } = parts;
  const id = randomUUID() as string as UserId;
  const { password, displayName = "", role = "user", hidesPresence = false } = user;
  const outcome = await store.createUser({
    id,
    kind: "human",
    role,
    handle: parseHandle(handle, `seed.users.${handle}`),
    displayName,
    hidesPresence,
    passwordHash: password === undefined ? null : await createPasswords().hash(password),
    externalSubject: null,
    nowMs: clock(),
    audit: auditOf(parts, "user-created", id),
  });
  if (outcome !== "created") throw new RangeError(`the seed has more than one user "${handle}"`);
  return signIn(parts, id);
}

async function plantRoom(
  parts: SeedParts,
  { kind = "group", owner, members = {}, messages = [], ...fields }: SeedRoom<string> & { title: string },
  idOf: (name: string) => UserId,
): Promise<RoomId> {
  const { store, useCases, clock } = parts;
  const roomId = randomUUID() as string as RoomId;
  const creator = await useCases.accounts.get({ id: idOf(owner), handle: "" });
  const { id, role, roleUntilMs, state } = creator;
  accepted(
    await store.createRoom({
      actor: { id, role, roleUntilMs, state },
      roomId,
      kind,
      fields: { ...PLAIN, ...fields },
      userIds: [],
      requestId: "",
      nowMs: clock(),
      audit: auditOf(parts, "room-created", roomId),
    }),
  );
  for (const [name, role] of Object.entries(members)) {
    accepted(
      await store.addMembers({
        actor: toActor(OPERATOR),
        roomId,
        userIds: [idOf(name)],
        role: role ?? null,
        expiresAtMs: null,
        nowMs: clock(),
        audit: auditOf(parts, "member-added", roomId),
      }),
    );
  }
  const sends = messages.map(({ from, text }) => ({
    roomId,
    id: randomUUID(),
    sender: { kind: "user", userId: idOf(from) } as const,
    text,
    nowMs: clock(),
    content: PLAIN_MESSAGE,
  }));
  for (const outcome of await store.appendMessages(sends)) {
    if (outcome.kind === "refused") accepted(outcome);
  }
  return roomId;
}

const PLAIN_MESSAGE = {
  clientMessageId: "",
  contentHash: "",
  replyToSeq: 0,
  threadRootSeq: 0,
  mentionUserIds: [],
  payload: "",
  payloadType: "",
  ttlMs: 0,
};

function auditOf({ clock }: SeedParts, action: AuditAction, targetId: string): AuditEntry {
  return auditEntry(ORIGIN, clock, { action, targetId });
}
