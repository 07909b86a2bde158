import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";
import { addMembers } from "./add-members.ts";
import { appendMessages } from "./append.ts";
import { appendAudit, hasSignedIn, listAudit } from "./audit.ts";
import { findCredential, rehashPassword, setPassword } from "./credentials.ts";
import { openDirectRoom } from "./direct-rooms.ts";
import { applyRetention, endMemberships, expireMessages } from "./ends.ts";
import { eraseUser } from "./erase.ts";
import { listFeedRooms, readChanges, readSnapshots } from "./feeds.ts";
import { getMessage, listMessages } from "./history.ts";
import { listMembers, removeMember, updateMember } from "./members.ts";
import { deleteMessage, updateMessage } from "./message-changes.ts";
import { listLatestMessages, listMessagesAfter } from "./messages.ts";
import { createRoom } from "./new-rooms.ts";
import { checkTyping, listPresenceRooms, readLastSeen, touchLastSeen } from "./presence.ts";
import { setReaction } from "./reactions.ts";
import { updateReadCursor } from "./read-cursors.ts";
import { rotateRefreshToken } from "./refresh-tokens.ts";
import { listRelationships, setRelationship } from "./relationships.ts";
import { deleteRoom, updateRoom } from "./room-changes.ts";
import { checkAccess, getRoom, listDirectory, listOwnRooms } from "./rooms.ts";
import { searchMessages } from "./search.ts";
import { createServiceKey, deleteServiceKey, findServiceKey, listServiceKeys } from "./service-keys.ts";
import { createSession, endSessions, findSession, listSessions } from "./sessions.ts";
import { createUser, findUser, findUsers, listUsers, updateAccess, updateUser } from "./users.ts";

/** The names of the store's operations: all of the port but its life cycle. */
export type OperationName = Exclude<keyof Store, "failed" | typeof Symbol.asyncDispose>;

export type OperationInput<Name extends OperationName> = Parameters<Store[Name]>[0];

type Operations = {
  readonly [Name in OperationName]: (
    db: Kysely<Schema>,
    input: OperationInput<Name>,
  ) => ReturnType<Store[Name]>;
};

/** Every operation of the port over Kysely: one query layer for every database. */
export const operations: Operations = {
  appendMessages,
  listLatestMessages,
  listMessagesAfter,
  getMessage,
  listMessages,
  searchMessages,
  updateMessage,
  deleteMessage,
  setReaction,
  updateReadCursor,

  createRoom,
  openDirectRoom,
  getRoom,
  listOwnRooms,
  listDirectory,
  updateRoom,
  deleteRoom,
  addMembers,
  listMembers,
  updateMember,
  removeMember,
  checkAccess,

  listFeedRooms,
  readSnapshots,
  readChanges,

  endMemberships,
  expireMessages,
  applyRetention,

  listPresenceRooms,
  touchLastSeen,
  readLastSeen,
  checkTyping,

  createUser,
  findUser,
  findUsers,
  listUsers,
  updateUser,
  updateAccess,
  eraseUser,
  findCredential,
  setPassword,
  rehashPassword,
  setRelationship,
  listRelationships,

  createSession,
  findSession,
  rotateRefreshToken,
  listSessions,
  endSessions,
  createServiceKey,
  findServiceKey,
  listServiceKeys,
  deleteServiceKey,

  appendAudit,
  hasSignedIn,
  listAudit,
};

export const operationNames = Object.keys(operations) as readonly OperationName[];
