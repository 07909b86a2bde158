import { randomUUID } from "node:crypto";
import { type AccountAsk, actorNow } from "../../domain/access/ask.ts";
import type { SignedIn } from "../../domain/access/callers.ts";
import { requireAllowed } from "../../domain/access/decisions.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { SessionId, UserId } from "../../domain/ids.ts";
import type { ServiceKey } from "../../domain/sessions/session.ts";
import { decideAccountAction } from "../../domain/users/account-actions.ts";
import type { HeldHandles } from "../../domain/users/held-handles.ts";
import { parseHandle } from "../../domain/users/names.ts";
import type { Store } from "../../store/port/store.ts";
import type { Clock } from "../clock.ts";
import type { Publish } from "../publishing.ts";
import { TtlCache } from "../ttl-cache.ts";
import type { UserCache } from "../users/user-cache.ts";
import type { UserChanges } from "../users/user-changes.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { hashSecret, newServiceKey } from "./secrets.ts";

const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 1_000;
const MAX_LISTED = 1_000;

/** Keys of the host application's back end. Each acts as a service account of its own, or for a user. */
export interface ServiceKeys {
  /** The key is given this once. @throws ChatError HANDLE_INVALID, HANDLE_TAKEN */
  createServiceKey(
    ask: AccountAsk,
    request: { name: string },
  ): Promise<{ key: string; serviceKey: ServiceKey }>;
  listServiceKeys(ask: AccountAsk): Promise<readonly ServiceKey[]>;
  /** @throws ChatError SERVICE_KEY_NOT_FOUND */
  deleteServiceKey(ask: AccountAsk, request: { name: string }): Promise<void>;
  /**
   * Gives the caller that a key stands for: its own account, or the user it acts for.
   *
   * @throws ChatError TOKEN_INVALID, USER_NOT_FOUND, NOT_PERMITTED for a user it may not act for
   */
  authenticate(key: string, actAs: UserId | null): Promise<SignedIn>;
  /** Gives a caller that a key stood for before, as they are now. @throws ChatError as `authenticate` does */
  recheck(caller: SignedIn): Promise<SignedIn>;
}

interface KeyHolder {
  readonly keyId: string;
  readonly userId: UserId;
}

interface ServiceKeysOptions {
  readonly store: Store;
  readonly users: UserCache;
  readonly userChanges: UserChanges;
  readonly live: LiveSessions;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly held: HeldHandles;
}

export function createServiceKeys(options: ServiceKeysOptions): ServiceKeys {
  const { store, users, userChanges, live, publish, clock, held } = options;
  const remembered = new TtlCache<string, KeyHolder>(clock, REMEMBER_MS, MAX_REMEMBERED);

  return {
    async createServiceKey(ask, { name }) {
      const handle = parseHandle(name, "name", held);
      const { secret: key, hash: keyHash } = newServiceKey();
      const [keyId, userId] = [randomUUID(), randomUUID() as string as UserId];
      const { nowMs } = ask;
      const audit = auditEntry(ask, { action: "service-key-created", targetId: userId });
      await store.createServiceKey({ ...actorNow(ask), keyId, userId, name: handle, keyHash, audit });
      userChanges.handleTaken(handle.key);
      return { key, serviceKey: { id: keyId, userId, name: handle.key, createdAtMs: nowMs } };
    },

    listServiceKeys: (ask) => store.listServiceKeys({ ...actorNow(ask), limit: MAX_LISTED }),

    async deleteServiceKey(ask, { name }) {
      const audit = auditEntry(ask, { action: "service-key-deleted" });
      const deleted = await store.deleteServiceKey({ ...actorNow(ask), name, audit });
      remembered.forgetWhere(({ keyId }) => keyId === deleted.keyId);
      userChanges.erased(deleted.userId, deleted.roomIds);
      live.ended([sessionOf(deleted.keyId)]);
      for (const change of deleted.changes) publish({ change });
    },

    async authenticate(key, actAs) {
      const keyHash = hashSecret(key);
      return act(await remembered.get(keyHash, () => find({ keyHash })), actAs);
    },

    async recheck({ account, sessionId, serviceId }) {
      const keyId = sessionId.slice(KEY_SESSION.length);
      return act(await find({ keyId }), serviceId === null ? null : account.id);
    },
  };

  async function find(query: { keyHash: string } | { keyId: string }): Promise<KeyHolder> {
    const found = await store.findServiceKey(query);
    if (!found) throw invalidKey();
    return found;
  }

  async function act({ keyId, userId }: KeyHolder, actAs: UserId | null): Promise<SignedIn> {
    const sessionId = sessionOf(keyId);
    const service = await users.get(userId);
    if (!service) throw invalidKey();
    if (actAs === null) return { kind: "account", account: service, sessionId, serviceId: null };
    const account = await users.get(actAs);
    const target = { account, isSelf: service.id === actAs };
    requireAllowed(decideAccountAction(service, { action: "act-as", ...target }, clock()), "x-confab-act-as");
    if (!account) throw new Error("a user who does not exist was acted for");
    return { kind: "account", account, sessionId, serviceId: service.id };
  }
}

function invalidKey(): ChatError {
  return new ChatError("TOKEN_INVALID", "the service key is not valid: it may have been deleted");
}

const KEY_SESSION = "key:";

/** Gives the id that the streams of a key are known by, as those of a session are by its id. */
function sessionOf(keyId: string): SessionId {
  return `${KEY_SESSION}${keyId}` as SessionId;
}

/** True for a caller behind whom a key stands, and no session. */
export function isKeySession(sessionId: SessionId): boolean {
  return sessionId.startsWith(KEY_SESSION);
}
