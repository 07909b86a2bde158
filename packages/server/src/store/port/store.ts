import type { AuditStore } from "./audit.ts";
import type { ExpiryStore } from "./expiry.ts";
import type { FeedStore } from "./live.ts";
import type { MemberStore } from "./members.ts";
import type { MessageStore } from "./messages.ts";
import type { PresenceStore } from "./presence.ts";
import type { RoomStore } from "./rooms.ts";
import type { SearchStore } from "./search.ts";
import type { SessionStore } from "./sessions.ts";
import type { AccountStore } from "./users.ts";

/**
 * Everything that must survive a crash. Each operation is one transaction: it happens whole or not at all, and when its
 * promise resolves, what it wrote is synced to disk. Operations on one room take effect one after another, whoever asks
 * for them: each begins by locking what it decides about (`operationLocks`). The access rules are asked inside the
 * transaction, so that nothing can change between a decision and the write that it allows. Messages of one room that one
 * process sends take effect in the order in which they were sent. A read sees one moment: all writes that were answered
 * before it was called are in it, and writes that were not may be. Inputs and results are plain data, so that an adapter
 * may run the operations in another thread.
 *
 * An operation that is refused (a name that is taken, a room that its actor may not read) stores nothing and rejects
 * with a `ChatError`. One that the storage itself fails rejects with STORAGE_FULL, STORE_BUSY or STORAGE_ERROR.
 * Outcomes are values where one call answers for many (`appendMessages`), where the use case decides by them (`createUser`), and
 * where the refusal itself is stored (`rotateRefreshToken`).
 */
export interface Store
  extends AccountStore,
    SessionStore,
    RoomStore,
    MemberStore,
    MessageStore,
    SearchStore,
    FeedStore,
    ExpiryStore,
    PresenceStore,
    AuditStore,
    AsyncDisposable {
  /** Resolves, with the cause, when the storage has failed in a way that this process can't go on from. */
  readonly failed: Promise<Error>;
}
