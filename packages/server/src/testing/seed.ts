import { randomUUID } from "node:crypto";
import { OPERATOR } from "../app/admin/operator.ts";
import type { Clock } from "../app/clock.ts";
import { createPasswords } from "../app/sessions/passwords.ts";
import type { UseCases } from "../app/use-cases.ts";
import { type AccountAsk, actorNow } from "../domain/access/ask.ts";
import { toActor } from "../domain/access/callers.ts";
import type { RoomRole } from "../domain/access/permissions.ts";
import { auditEntry } from "../domain/admin/audit.ts";
import { ChatError } from "../domain/errors.ts";
import type { RoomId, UserId } from "../domain/ids.ts";
import type { RoomFields } from "../domain/rooms/fields.ts";
import { parseHandle } from "../domain/users/names.ts";
import type { SystemRole } from "../domain/users/system-roles.ts";
import { PLAIN_CONTENT } from "../store/port/plain-content.ts";
import type { Store } from "../store/port/store.ts";

/** The first content of a test server. The test names each thing. */
export interface Seed<UserName extends string, RoomName extends string, ServiceName extends string = never> {
  /** By handle: 2 to 32 of a-z 0-9 . _ - */
  readonly users?: Readonly<Record<UserName, SeedUser>>;
  /** The handles of back ends. Each gets a service key, and may be in rooms like a user. */
  readonly services?: readonly ServiceName[];
  readonly rooms?: Readonly<Record<RoomName, SeedRoom<NoInfer<UserName | ServiceName>>>>;
}

export interface SeedUser {
  /** For a test that signs in by itself. Without one the user has only the tokens that the server hands out. */
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
  /** Everyone in the room except the owner, with their roles. */
  readonly members?: Readonly<Partial<Record<UserName, RoomRole>>>;
  /** Oldest first. */
  readonly messages?: readonly { readonly from: UserName; readonly text: string }[];
}

/** The credentials of a signed-in user. */
export interface SignedInUser {
  readonly id: string;
  readonly handle: string;
  /** Valid for 5 minutes of the server's clock. */
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A back end, and the key that it signs in with. */
export interface SeededService {
  /** The id of its account. */
  readonly id: string;
  readonly handle: string;
  readonly serviceKey: string;
}

export interface SeededRoom {
  readonly id: string;
}

export interface Seeded<
  UserName extends string,
  RoomName extends string,
  ServiceName extends string = never,
> {
  readonly users: Readonly<Record<UserName, SignedInUser>>;
  readonly services: Readonly<Record<ServiceName, SeededService>>;
  readonly rooms: Readonly<Record<RoomName, SeededRoom>>;
}

export interface SeedParts {
  readonly store: Store;
  readonly useCases: UseCases;
  readonly clock: Clock;
}

/** The seed is what the operator asks for. */
function askOf({ clock }: Pick<SeedParts, "clock">): AccountAsk {
  return { caller: OPERATOR, address: "127.0.0.1", nowMs: clock() };
}

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

/** A test may name its people by their roles. */
const NONE_HELD = { has: () => false };

/** Fills a server's store, as its operator would. @throws ChatError for a seed that the rules refuse */
export async function plant<
  UserName extends string,
  RoomName extends string,
  ServiceName extends string = never,
>(
  parts: SeedParts,
  { users, services = [], rooms }: Seed<UserName, RoomName, ServiceName>,
): Promise<Seeded<UserName, RoomName, ServiceName>> {
  const planted = new Map<string, SignedInUser>();
  for (const [handle, user] of entries(users)) planted.set(handle, await plantUser(parts, handle, user));
  const plantedServices = new Map<string, SeededService>();
  for (const name of services) plantedServices.set(name, await plantService(parts, name));
  const idOf = (name: string): UserId => {
    const account = planted.get(name) ?? plantedServices.get(name);
    if (!account)
      throw new RangeError(`the seed's rooms name "${name}", who is not among its users and services`);
    return account.id as UserId;
  };
  const plantedRooms = new Map<string, SeededRoom>();
  for (const [name, room] of entries(rooms)) {
    plantedRooms.set(name, { id: await plantRoom(parts, { title: name, ...room }, idOf) });
  }
  return {
    users: Object.fromEntries(planted) as Record<UserName, SignedInUser>,
    services: Object.fromEntries(plantedServices) as Record<ServiceName, SeededService>,
    rooms: Object.fromEntries(plantedRooms) as Record<RoomName, SeededRoom>,
  };
}

function entries<Name extends string, Value>(
  record: Readonly<Record<Name, Value>> | undefined,
): readonly [Name, Value][] {
  return Object.entries(record ?? {}) as [Name, Value][];
}

/** Opens one more session for a user. @throws ChatError USER_NOT_FOUND */
export async function signIn(
  parts: Pick<SeedParts, "useCases" | "clock">,
  userId: string,
): Promise<SignedInUser> {
  const { users, sessions } = parts.useCases;
  const ask = askOf(parts);
  const user = await users.getUser(ask, { id: userId, handle: "" });
  const { accessToken, refreshToken } = await sessions.open(ask, {
    user,
    passwordVersion: null,
    deviceName: "",
  });
  return { id: user.id, handle: user.handle, accessToken, refreshToken };
}

async function plantUser(parts: SeedParts, handle: string, user: SeedUser): Promise<SignedInUser> {
  const ask = askOf(parts);
  const id = randomUUID() as string as UserId;
  const { password, displayName = "", role = "user", hidesPresence = false } = user;
  const outcome = await parts.store.createUser({
    request: null,
    id,
    kind: "human",
    role,
    handle: parseHandle(handle, `seed.users.${handle}`, NONE_HELD),
    displayName,
    hidesPresence,
    passwordHash: password === undefined ? null : await createPasswords().hash(password, "local"),
    externalSubject: null,
    nowMs: ask.nowMs,
    audit: auditEntry(ask, { action: "user-created", targetId: id }),
  });
  if (outcome !== "created") throw new RangeError(`the seed has more than one user "${handle}"`);
  return signIn(parts, id);
}

async function plantService(parts: SeedParts, name: string): Promise<SeededService> {
  const { key, serviceKey } = await parts.useCases.admin.createServiceKey(askOf(parts), { name });
  return { id: serviceKey.userId, handle: serviceKey.name, serviceKey: key };
}

async function plantRoom(
  parts: SeedParts,
  { kind = "group", owner, members = {}, messages = [], ...fields }: SeedRoom<string> & { title: string },
  idOf: (name: string) => UserId,
): Promise<RoomId> {
  const { store, useCases } = parts;
  const ask = askOf(parts);
  const { nowMs } = ask;
  const roomId = randomUUID() as string as RoomId;
  const creator = await useCases.users.getUser(ask, { id: idOf(owner), handle: "" });
  await store.createRoom({
    actor: toActor(creator),
    nowMs,
    roomId,
    kind,
    fields: { ...PLAIN, ...fields },
    userIds: [],
    requestId: "",
    audit: auditEntry(ask, { action: "room-created", targetId: roomId }),
  });
  for (const [name, role] of Object.entries(members)) {
    await store.addMembers({
      ...actorNow(ask),
      roomId,
      userIds: [idOf(name)],
      role: role ?? null,
      expiresAtMs: null,
      audit: auditEntry(ask, { action: "member-added", targetId: roomId }),
    });
  }
  const sends = messages.map(({ from, text }) => ({
    roomId,
    id: randomUUID(),
    sender: { kind: "user", userId: idOf(from) } as const,
    text,
    nowMs,
    content: PLAIN_CONTENT,
  }));
  for (const outcome of await store.appendMessages(sends)) {
    if (outcome.kind === "refused") throw ChatError.fromData(outcome.error);
  }
  return roomId;
}
