import { randomUUID } from "node:crypto";
import type { BusEvent } from "../bus/port.ts";
import { decideAccountAction } from "../domain/account-actions.ts";
import type { Origin, SignedIn } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { SessionId, UserId } from "../domain/ids.ts";
import { nameKey, parseHandle } from "../domain/names.ts";
import type { ServiceKey } from "../domain/sessions.ts";
import type { Store } from "../store/port/store.ts";
import { handleTaken } from "./accounts.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { LiveSessions } from "./live-sessions.ts";
import { Remember } from "./remember.ts";
import { requireAllowed } from "./require.ts";
import { hashSecret, newServiceKey } from "./secrets.ts";
import type { UserCache } from "./user-cache.ts";

const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 1_000;
const MAX_LISTED = 1_000;

/** Keys of the host application's back end. Each acts as a service account of its own, or for a user. */
export interface ServiceKeys {
  /** The key is given this once. @throws ChatError HANDLE_INVALID, HANDLE_TAKEN */
  create(name: string, origin: Origin): Promise<{ key: string; serviceKey: ServiceKey }>;
  list(): Promise<readonly ServiceKey[]>;
  /** @throws ChatError SERVICE_KEY_NOT_FOUND */
  remove(name: string, origin: Origin): Promise<void>;
  /**
   * The caller that a key stands for: its own account, or the user it acts for.
   *
   * @throws ChatError TOKEN_INVALID, USER_NOT_FOUND, NOT_PERMITTED for a user it may not act for
   */
  authenticate(key: string, actAs: UserId | null): Promise<SignedIn>;
  /** A caller that a key stood for before, as they are now. @throws ChatError as `authenticate` does */
  recheck(caller: SignedIn): Promise<SignedIn>;
}

interface KeyHolder {
  readonly keyId: string;
  readonly userId: UserId;
}

export interface ServiceKeysOptions {
  readonly store: Store;
  readonly users: UserCache;
  readonly live: LiveSessions;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly clock: Clock;
}

export function createServiceKeys({ store, users, live, publish, clock }: ServiceKeysOptions): ServiceKeys {
  const remembered = new Remember<string, KeyHolder>({
    clock,
    maxAgeMs: REMEMBER_MS,
    maxEntries: MAX_REMEMBERED,
  });

  return {
    async create(name, origin) {
      const handle = parseHandle(name, "name");
      const { secret: key, hash: keyHash } = newServiceKey();
      const [keyId, userId] = [randomUUID(), randomUUID() as string as UserId];
      const nowMs = clock();
      const audit = auditEntry(origin, clock, { action: "service-key-created", targetId: userId });
      const outcome = await store.createServiceKey({ keyId, userId, name: handle, keyHash, nowMs, audit });
      if (outcome === "name-taken") throw handleTaken(handle.handle, "name");
      return { key, serviceKey: { id: keyId, userId, name: handle.key, createdAtMs: nowMs } };
    },

    list: () => store.listServiceKeys({ limit: MAX_LISTED }),

    async remove(name, origin) {
      const audit = auditEntry(origin, clock, { action: "service-key-deleted" });
      const outcome = await store.deleteServiceKey({ name: nameKey(name), nowMs: clock(), audit });
      if (outcome === "not-found") {
        throw new ChatError("SERVICE_KEY_NOT_FOUND", `there is no service key named "${name}"`, {
          field: "name",
        });
      }
      remembered.forgetWhere(({ keyId }) => keyId === outcome.keyId);
      users.forget(outcome.userId);
      live.ended([sessionOf(outcome.keyId)]);
      for (const change of outcome.changes) publish({ change });
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

/** What the streams of a key are known by, as those of a session are by its id. */
function sessionOf(keyId: string): SessionId {
  return `${KEY_SESSION}${keyId}` as SessionId;
}

/** Whether what stands behind a caller is a key and not a session. */
export function isKeySession(sessionId: SessionId): boolean {
  return sessionId.startsWith(KEY_SESSION);
}
