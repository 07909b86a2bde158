import { randomUUID } from "node:crypto";
import type { Ask } from "../../domain/access/ask.ts";
import { toActor } from "../../domain/access/callers.ts";
import { requireAllowed } from "../../domain/access/decisions.ts";
import { networkOf } from "../../domain/addresses.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import type { UserId } from "../../domain/ids.ts";
import { decideCreation } from "../../domain/users/account-actions.ts";
import type { HeldHandles } from "../../domain/users/held-handles.ts";
import { handleTaken, nameHeld, parseGuestName, parseHandle } from "../../domain/users/names.ts";
import { roleNow } from "../../domain/users/system-roles.ts";
import type { User } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { Limits } from "../limits.ts";
import type { NewPasswords } from "../sessions/new-passwords.ts";
import { type ProfileFields, parseProfile } from "./accounts.ts";
import type { UserLookup } from "./lookup.ts";
import type { UserChanges } from "./user-changes.ts";

/** The name shown for a guest who gives none. */
const UNNAMED_GUEST = "Guest";

/** Makes users. */
export interface NewUsers {
  /** @throws ChatError HANDLE_TAKEN, HANDLE_INVALID, PASSWORD_…, PROFILE_FIELD_…, REGISTRATION_CLOSED, RATE_LIMITED */
  createUser(ask: Ask, account: NewAccount): Promise<User>;
  /** @throws ChatError NAME_…, RATE_LIMITED */
  createGuest(ask: Ask, displayName: string): Promise<User>;
}

interface NewAccount extends ProfileFields {
  readonly handle: string;
  readonly password: string;
  /** The contract's name of the handle. */
  readonly handleField: string;
}

interface NewUsersOptions {
  readonly store: Store;
  readonly userChanges: UserChanges;
  readonly lookup: UserLookup;
  readonly newPasswords: NewPasswords;
  readonly limits: Limits;
  readonly registration: "open" | "closed";
  readonly held: HeldHandles;
}

export function createNewUsers(options: NewUsersOptions): NewUsers {
  const { store, userChanges, lookup, newPasswords, limits, registration, held } = options;
  return {
    async createUser(ask, account) {
      const { caller, address, nowMs } = ask;
      const creator = caller.kind === "account" ? caller.account : null;
      // Decided again in the transaction: this saves the hash of a password that would be refused.
      const isServed = caller.kind === "account" && caller.serviceId !== null;
      const hasLabels = Object.keys(account.labels ?? {}).length > 0 && !isServed;
      requireAllowed(decideCreation(creator, { role: "user", registration, hasLabels }, nowMs));
      const { handle, key } = parseHandle(account.handle, account.handleField, held);
      const profile = parseProfile(account);
      newPasswords.check(account.password, handle, "password");
      // Before the handle is looked up: which ones are taken is not to be found out by the thousand.
      if (!isTrusted(creator, nowMs)) await limits.take("registerPerAddress", networkOf(address));
      if (await store.findUser({ handleKey: key })) throw handleTaken(handle, account.handleField);

      const id = randomUUID() as string as UserId;
      const outcome = await store.createUser({
        request: { creator: creator && toActor(creator), registration, hasLabels },
        id,
        kind: "human",
        role: "user",
        handle: { handle, key },
        displayName: "",
        ...profile,
        passwordHash: await newPasswords.hash(account.password, ask.address),
        externalSubject: null,
        nowMs,
        audit: auditEntry(ask, { action: "user-created", targetId: id }),
      });
      if (outcome === "handle-taken") throw handleTaken(handle, account.handleField);
      userChanges.handleTaken(key);
      return lookup.getUser(ask, { id, handle: "" });
    },

    async createGuest(ask, wanted) {
      const displayName = wanted === "" ? UNNAMED_GUEST : parseGuestName(wanted, "guest.display_name");
      await limits.take("registerPerAddress", networkOf(ask.address));
      const id = randomUUID() as string as UserId;
      const outcome = await store.createUser({
        request: null,
        id,
        kind: "guest",
        role: "guest",
        handle: null,
        displayName,
        passwordHash: null,
        externalSubject: null,
        nowMs: ask.nowMs,
        audit: auditEntry(ask, { action: "user-created", targetId: id }),
      });
      if (outcome === "handle-taken") throw nameHeld(displayName, "guest.display_name");
      return lookup.getUser(ask, { id, handle: "" });
    },
  };
}

/** A caller who makes accounts for others is not counted as if they were all their own. */
function isTrusted(creator: User | null, nowMs: number): boolean {
  const role = creator && roleNow(creator, nowMs);
  return role === "admin" || role === "service";
}
