import type { Transaction } from "kysely";
import type { RoomId, UserId } from "../../domain/ids.ts";
import { nameKey } from "../../domain/users/names.ts";
import { type Locks, lock } from "../dialect.ts";
import type { Schema } from "../tables/schema.ts";
import { roomsOf } from "./erasures/rooms-of.ts";
import type { operationKinds } from "./kinds.ts";
import { type OperationInput, type OperationName, operations } from "./operations.ts";
import { directKey } from "./rooms/direct-rooms.ts";

type Trx = Transaction<Schema>;

type WriteName = {
  [Name in OperationName]: (typeof operationKinds)[Name] extends "write" ? Name : never;
}[OperationName];

type Locking<Name extends OperationName> = (input: OperationInput<Name>, trx: Trx) => Locks;

interface Ask {
  readonly actor: { readonly id: UserId };
}

type InRoom = Ask & { readonly roomId: RoomId };

/** Changes one room, or decides by it, as its actor may. */
const ofRoom = ({ roomId, actor }: InRoom): Locks => ({ rooms: [roomId], actors: [actor.id] });

/** Decides about another user's place in a room. */
const ofMember = ({ roomId, actor, userId }: InRoom & { readonly userId: UserId }): Locks => ({
  rooms: [roomId],
  actors: [actor.id, userId],
});

/** Changes an account, as another one or its own may. */
const ofAccount = ({
  actor,
  userId,
}: {
  readonly actor: Ask["actor"] | null;
  readonly userId: UserId;
}): Locks => ({
  users: actor ? [actor.id, userId] : [userId],
});

const ofUser = ({ userId }: { readonly userId: UserId }): Locks => ({ users: [userId] });

/** Only adds rows, or changes each row by itself. */
const nothing = (): Locks => ({});

/** First finds what it decides about, locks that, and reads it again. */
const later = nothing;

/**
 * Says of each write what it decides about. That is locked before anything is read: what it decides, and the write that
 * the decision allows, are one step for everyone else, however many connections and processes write.
 */
const operationLocks: { readonly [Name in WriteName]: Locking<Name> } = {
  appendMessages: (messages) => ({
    rooms: messages.map(({ roomId }) => roomId),
    actors: messages.map(({ sender }) => sender.userId),
    names: messages.flatMap(({ sender }) => (sender.kind === "guest" ? [sender.nameKey] : [])),
  }),
  updateMessage: ofRoom,
  deleteMessage: ofRoom,
  setReaction: ofRoom,
  removeReactions: ofRoom,
  updateReadCursor: ofRoom,

  createRoom: ({ actor, userIds }) => ({ actors: [actor.id, ...userIds] }),
  openDirectRoom: (opening, trx) => ({
    rooms: trx.selectFrom("rooms").select("id").where("direct_key", "=", directKey(opening)),
    actors: [opening.actor.id, ...opening.userIds],
  }),
  updateRoom: ofRoom,
  deleteRoom: ofRoom,
  addMembers: ({ roomId, actor, userIds }) => ({ rooms: [roomId], actors: [actor.id, ...userIds] }),
  updateMember: ofMember,
  removeMember: ofMember,

  endMemberships: later,
  expireMessages: later,
  applyRetention: later,
  endAccess: later,
  continueErasures: later,
  releaseHandles: nothing,
  forgetAddresses: nothing,

  touchLastSeen: ({ users }) => ({ users: users.map(({ userId }) => userId) }),

  createUser: ({ request, handle, displayName }) => ({
    actors: request?.creator ? [request.creator.id] : [],
    names: [handle?.key ?? nameKey(displayName)],
  }),
  updateUser: ({ actor, userId, handle, displayName }) => ({
    ...ofAccount({ actor, userId }),
    names: [...(handle ? [handle.key] : []), ...(displayName === undefined ? [] : [nameKey(displayName)])],
  }),
  updateAccess: ofAccount,
  eraseUser: ({ actor, userId }, trx) => ({ rooms: roomsOf(trx, userId), users: [actor.id, userId] }),
  setPassword: ofAccount,
  rehashPassword: ofUser,
  setDefaults: nothing,
  setRelationship: ofAccount,

  createSession: ofUser,
  rotateRefreshToken: ({ familyHash }, trx) => ({
    users: trx.selectFrom("sessions").select("user_id").where("refresh_family", "=", familyHash),
  }),
  endSessions: ofAccount,
  createServiceKey: ({ actor, name }) => ({ actors: [actor.id], names: [name.key] }),
  deleteServiceKey: ({ name }, trx) => {
    const user = trx.selectFrom("service_keys").select("user_id").where("name", "=", nameKey(name));
    return { rooms: roomsOf(trx, user.$asScalar()), users: user };
  },

  appendAudit: nothing,
};

/** Runs an operation in a transaction that has just begun. */
export async function runOperation<Name extends OperationName>(
  trx: Trx,
  name: Name,
  input: OperationInput<Name>,
): Promise<unknown> {
  const locksOf = (operationLocks as Partial<Record<OperationName, Locking<OperationName>>>)[name];
  if (locksOf) await lock(trx, () => locksOf(input, trx));
  // The input was typed for this operation where it was asked for.
  return operations[name](trx, input as never);
}
