import type { Store } from "../port/store.ts";
import { appendAudit, forgetAddresses, hasSignedIn, listAudit } from "./admin/audit.ts";
import { continueErasures } from "./erasures/erasures.ts";
import { endAccess } from "./expiry/access.ts";
import { applyRetention, endMemberships, expireMessages } from "./expiry/expiry.ts";
import { listFeedRooms, listRemovals, readChanges, readSnapshots } from "./live/feeds.ts";
import { addMembers } from "./members/add-members.ts";
import { listMembers, removeMember, updateMember } from "./members/members.ts";
import { appendMessages } from "./messages/append.ts";
import { deleteMessage, updateMessage } from "./messages/changes.ts";
import { getMessage, listMessages } from "./messages/history.ts";
import { listLatestMessages, listMessagesAfter } from "./messages/messages.ts";
import { listReactions } from "./messages/reaction-list.ts";
import { removeReactions, setReaction } from "./messages/reactions.ts";
import { updateReadCursor } from "./messages/read-cursors.ts";
import type { Operation } from "./operation.ts";
import { checkTyping, listPresenceRooms, readLastSeen, touchLastSeen } from "./presence/presence.ts";
import { deleteRoom, updateRoom } from "./rooms/changes.ts";
import { openDirectRoom } from "./rooms/direct-rooms.ts";
import { createRoom } from "./rooms/new-rooms.ts";
import { checkAccess, getRoom, listDirectory, listOwnRooms } from "./rooms/rooms.ts";
import { searchMessages } from "./search/search.ts";
import { findCredential, rehashPassword, setPassword } from "./sessions/credentials.ts";
import { rotateRefreshToken } from "./sessions/refresh-tokens.ts";
import {
  createServiceKey,
  deleteServiceKey,
  findServiceKey,
  listServiceKeys,
} from "./sessions/service-keys.ts";
import { createSession, endSessions, findSession, listSessions } from "./sessions/sessions.ts";
import { withActorNow } from "./users/actors.ts";
import { setDefaults } from "./users/defaults.ts";
import { countErasable, eraseUser } from "./users/erase.ts";
import { listGuestsRenamedFor } from "./users/guest-names.ts";
import { listRelationships, setRelationship } from "./users/relationships.ts";
import { releaseHandles } from "./users/retired-handles.ts";
import { createUser, findUser, findUsers, listUsers, updateAccess, updateUser } from "./users/users.ts";

/** The names of the store's operations: all of the port but its life cycle. */
export type OperationName = Exclude<keyof Store, "failed" | typeof Symbol.asyncDispose>;

export type OperationInput<Name extends OperationName> = Parameters<Store[Name]>[0];

/** Every operation of the port over Kysely: one query layer for every database. */
export const operations: { readonly [Name in OperationName]: Operation<Name> } = {
  appendMessages,
  listLatestMessages,
  listMessagesAfter,
  getMessage,
  listMessages,
  searchMessages,
  updateMessage: withActorNow(updateMessage),
  deleteMessage: withActorNow(deleteMessage),
  setReaction: withActorNow(setReaction),
  removeReactions: withActorNow(removeReactions),
  listReactions: withActorNow(listReactions),
  updateReadCursor: withActorNow(updateReadCursor),

  createRoom: withActorNow(createRoom),
  openDirectRoom: withActorNow(openDirectRoom),
  getRoom,
  listOwnRooms,
  listDirectory,
  updateRoom: withActorNow(updateRoom),
  deleteRoom: withActorNow(deleteRoom),
  addMembers: withActorNow(addMembers),
  listMembers,
  updateMember: withActorNow(updateMember),
  removeMember: withActorNow(removeMember),
  checkAccess,

  listFeedRooms,
  listRemovals,
  readSnapshots,
  readChanges,

  endMemberships,
  expireMessages,
  applyRetention,
  endAccess,
  releaseHandles,
  forgetAddresses,
  continueErasures,

  listPresenceRooms,
  touchLastSeen,
  readLastSeen,
  checkTyping: withActorNow(checkTyping),

  createUser,
  findUser,
  findUsers,
  listUsers,
  listGuestsRenamedFor,
  updateUser: withActorNow(updateUser),
  updateAccess: withActorNow(updateAccess),
  countErasable: withActorNow(countErasable),
  eraseUser: withActorNow(eraseUser),
  findCredential,
  setPassword: withActorNow(setPassword),
  rehashPassword,
  setDefaults,
  setRelationship: withActorNow(setRelationship),
  listRelationships,

  createSession,
  findSession,
  rotateRefreshToken,
  listSessions: withActorNow(listSessions),
  endSessions: withActorNow(endSessions),
  createServiceKey: withActorNow(createServiceKey),
  findServiceKey,
  listServiceKeys: withActorNow(listServiceKeys),
  deleteServiceKey: withActorNow(deleteServiceKey),

  appendAudit,
  hasSignedIn,
  listAudit: withActorNow(listAudit),
};

export const operationNames = Object.keys(operations) as readonly OperationName[];
