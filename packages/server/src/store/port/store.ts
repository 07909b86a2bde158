import type { AccountStore } from "./accounts.ts";
import type { AuditStore } from "./audit.ts";
import type { EndStore } from "./ends.ts";
import type { FeedStore } from "./feeds.ts";
import type { MessageStore } from "./messages.ts";
import type { PresenceStore } from "./presence.ts";
import type { RoomStore } from "./rooms.ts";
import type { SessionStore } from "./sessions.ts";

/**
 * Everything that must survive a crash. Each operation is one transaction: it happens whole or not at all,
 * and when its promise resolves, what it wrote is synced to disk. Operations of one process take effect in
 * the order in which they were called. Inputs and results are plain data, so that an adapter may run the
 * operations in another thread.
 *
 * An operation that the storage itself fails rejects with a `ChatError` (STORAGE_FULL, STORE_BUSY,
 * STORAGE_ERROR); what a caller can cause (a name that is taken, a sender who is gone) is part of the result.
 */
export interface Store
  extends AccountStore,
    SessionStore,
    RoomStore,
    MessageStore,
    FeedStore,
    EndStore,
    PresenceStore,
    AuditStore,
    AsyncDisposable {
  /** Resolves, with the cause, when the storage has failed in a way that this process can't go on from. */
  readonly failed: Promise<Error>;
}
