import { randomBytes, randomUUID } from "node:crypto";
import type { Origin } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import { type Handle, parseHandle } from "../domain/names.ts";
import { parseDisplayName } from "../domain/profile.ts";
import { accountStateNow } from "../domain/system-roles.ts";
import type { User } from "../domain/users.ts";
import type { Store } from "../store/port/store.ts";
import { auditEntry } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { ExternalIdentity, VerifyExternalToken } from "./external-tokens.ts";
import type { LiveSessions } from "./live-sessions.ts";
import type { UserCache } from "./user-cache.ts";

const MAX_HANDLE_ATTEMPTS = 5;
const SUFFIX_BYTES = 3;
const MAX_STEM = 24;

/** Proving who one is with a token of the host application's identity provider. */
export interface ExternalSignIn {
  /** The user whom the token names, made on first sight. @throws ChatError TOKEN_…, EXTERNAL_SIGN_IN_OFF */
  withToken(token: string, origin: Origin): Promise<User>;
}

export interface ExternalSignInOptions {
  readonly store: Store;
  readonly users: UserCache;
  readonly live: LiveSessions;
  /** Null where no identity provider is set. */
  readonly verify: VerifyExternalToken | null;
  readonly clock: Clock;
}

export function createExternalSignIn({
  store,
  users,
  live,
  verify,
  clock,
}: ExternalSignInOptions): ExternalSignIn {
  return {
    async withToken(token, origin) {
      if (!verify) {
        throw new ChatError(
          "EXTERNAL_SIGN_IN_OFF",
          "this server knows no identity provider: set CONFAB_JWKS_URL",
          {
            field: "external_token",
          },
        );
      }
      const identity = await verify(token);
      const known = await find(identity);
      const user = known ? await follow(known, identity, origin) : await create(identity, origin);
      if (accountStateNow(user, clock()).kind !== "active") {
        throw new ChatError("CREDENTIALS_WRONG", "this account is not active");
      }
      return user;
    },
  };

  async function create(identity: ExternalIdentity, origin: Origin): Promise<User> {
    for (let attempt = 0; attempt < MAX_HANDLE_ATTEMPTS; attempt++) {
      const id = randomUUID() as string as UserId;
      const outcome = await store.createUser({
        id,
        kind: "human",
        role: identity.role ?? "user",
        handle: chooseHandle(identity.handle, attempt),
        displayName: displayNameOf(identity),
        passwordHash: null,
        externalSubject: identity.subject,
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "user-created", targetId: id, detail: "external token" }),
      });
      if (outcome === "created") return await read(id);
      // Another sign-in of the same holder came first.
      const known = outcome === "subject-known" ? await find(identity) : null;
      if (known) return known;
    }
    throw new ChatError("HANDLE_TAKEN", "no free name was found for this account: try again");
  }

  /** What the identity provider says of the name shown and the role goes, at each sign-in. */
  async function follow(user: User, identity: ExternalIdentity, origin: Origin): Promise<User> {
    const displayName = displayNameOf(identity);
    const audit = { targetId: user.id, detail: "external token" };
    if (displayName !== "" && displayName !== user.displayName) {
      const entry = auditEntry(origin, clock, { action: "user-updated", ...audit });
      await store.updateUser({ userId: user.id, displayName, nowMs: clock(), audit: entry });
    }
    if (identity.role !== null && identity.role !== user.role) {
      await store.updateAccess({
        userId: user.id,
        role: { role: identity.role, untilMs: null },
        nowMs: clock(),
        audit: auditEntry(origin, clock, { action: "access-changed", ...audit }),
      });
    }
    users.forget(user.id);
    live.userChanged(user.id);
    return read(user.id);
  }

  function find({ subject }: ExternalIdentity): Promise<User | null> {
    return store.findUser({ externalSubject: subject });
  }

  async function read(userId: UserId): Promise<User> {
    const user = await store.findUser({ userId });
    if (!user) throw new Error(`user ${userId} has vanished`);
    return user;
  }
}

/** What the token proposes if it is free and a handle at all, else something like it. */
function chooseHandle(proposed: string | null, attempt: number): Handle {
  const stem = (proposed ?? "")
    .normalize("NFKC")
    .replace(/@.*$/, "")
    .replace(/[^A-Za-z0-9._-]/g, "");
  const suffix = randomBytes(SUFFIX_BYTES).toString("hex");
  const isPlain = attempt === 0 && stem.length >= 2 && stem.length <= 32;
  return parseHandle(isPlain ? stem : `${stem.slice(0, MAX_STEM) || "user"}-${suffix}`, "external_token");
}

function displayNameOf({ displayName }: ExternalIdentity): string {
  try {
    return parseDisplayName(displayName, "external_token");
  } catch {
    // A name that can't be shown is no reason to turn its owner away.
    return "";
  }
}
