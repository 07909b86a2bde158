import type { Kysely } from "kysely";
import type { Store } from "../port/store.ts";
import type { Schema } from "../schema.ts";
import { appendAudit, hasSignedIn, listAudit } from "./audit.ts";
import { findCredential, rehashPassword, setPassword } from "./credentials.ts";
import { eraseUser } from "./erase.ts";
import { appendMessages, listLatestMessages, listMessagesAfter } from "./messages.ts";
import { rotateRefreshToken } from "./refresh-tokens.ts";
import { listRelationships, setRelationship } from "./relationships.ts";
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
