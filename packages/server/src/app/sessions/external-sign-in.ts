import { randomBytes, randomUUID } from "node:crypto";
import type { Ask } from "../../domain/access/ask.ts";
import { auditEntry } from "../../domain/admin/audit.ts";
import { ChatError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import { accountGone, requireActive } from "../../domain/sessions/passwords.ts";
import { imitatesErased } from "../../domain/users/erased-name.ts";
import type { HeldHandles } from "../../domain/users/held-handles.ts";
import { type Handle, parseHandle } from "../../domain/users/names.ts";
import { parseDisplayName } from "../../domain/users/profile.ts";
import type { User } from "../../domain/users/user.ts";
import type { Store } from "../../store/port/store.ts";
import type { UserChanges } from "../users/user-changes.ts";
import type { ExternalIdentity, VerifyExternalToken } from "./external-tokens.ts";

const MAX_HANDLE_ATTEMPTS = 5;
const SUFFIX_BYTES = 3;
const MAX_STEM = 24;

/** Proves with a token of the host application's identity provider who someone is. */
export interface ExternalSignIn {
  /** Gives the user whom the token names, made on first sight. @throws ChatError TOKEN_…, EXTERNAL_SIGN_IN_OFF, SUSPENDED */
  withToken(ask: Ask, token: string): Promise<User>;
}

interface ExternalSignInOptions {
  readonly store: Store;
  readonly userChanges: UserChanges;
  /** Null where no identity provider is set. */
  readonly verify: VerifyExternalToken | null;
  readonly held: HeldHandles;
}

export function createExternalSignIn(options: ExternalSignInOptions): ExternalSignIn {
  const { store, userChanges, verify, held } = options;
  return {
    async withToken(ask, token) {
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
      const user = known
        ? await follow(ask, known, identity).catch(refuseErased)
        : await create(ask, identity);
      requireActive(user, ask.nowMs);
      return user;
    },
  };

  async function create(ask: Ask, identity: ExternalIdentity): Promise<User> {
    for (let attempt = 0; attempt < MAX_HANDLE_ATTEMPTS; attempt++) {
      const id = randomUUID() as string as UserId;
      const handle = chooseHandle(identity.handle, attempt, held);
      const outcome = await store.createUser({
        request: null,
        id,
        kind: "human",
        role: identity.role ?? "user",
        handle,
        displayName: displayNameOf(identity),
        passwordHash: null,
        externalSubject: identity.subject,
        nowMs: ask.nowMs,
        audit: auditEntry(ask, { action: "user-created", targetId: id, detail: "external token" }),
      });
      if (outcome === "created") {
        userChanges.handleTaken(handle.key);
        return await read(id);
      }
      // Another sign-in of the same holder came first.
      const known = outcome === "subject-known" ? await find(identity) : null;
      if (known) return known;
    }
    throw new ChatError("HANDLE_TAKEN", "no free name was found for this account: try again");
  }

  /** Takes over the name shown and the role that the identity provider gives, at each sign-in. */
  async function follow(ask: Ask, user: User, identity: ExternalIdentity): Promise<User> {
    const displayName = displayNameOf(identity);
    const audit = { targetId: user.id, detail: "external token" };
    const hasName = displayName !== "" && displayName !== user.displayName;
    const hasRole = identity.role !== null && identity.role !== user.role;
    if (!hasName && !hasRole) return user;
    if (hasName) {
      const entry = auditEntry(ask, { action: "user-updated", ...audit });
      await store.updateUser({
        actor: null,
        userId: user.id,
        displayName,
        nowMs: ask.nowMs,
        audit: entry,
      });
    }
    if (hasRole) {
      await store.updateAccess({
        actor: null,
        userId: user.id,
        role: { role: identity.role, untilMs: null },
        nowMs: ask.nowMs,
        audit: auditEntry(ask, { action: "access-changed", ...audit }),
      });
    }
    userChanges.changed(user.id);
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

/** Refuses an account that is erased during the sign-in. */
function refuseErased(error: unknown): never {
  throw error instanceof ChatError && error.reason === "USER_NOT_FOUND" ? accountGone() : error;
}

/** Returns what the token proposes if we take it as a handle, else something like it. */
function chooseHandle(proposed: string | null, attempt: number, held: HeldHandles): Handle {
  const name = (proposed ?? "")
    .normalize("NFKC")
    .replace(/@.*$/, "")
    .replace(/[^A-Za-z0-9._-]/g, "");
  const plain = attempt === 0 ? toHandle(name, held) : null;
  if (plain) return plain;
  const start = name.slice(0, MAX_STEM);
  // With a suffix of digits it would still look like the name of an erased account.
  const stem = start === "" || imitatesErased(start) ? "user" : start;
  const suffix = randomBytes(SUFFIX_BYTES).toString("hex");
  return parseHandle(`${stem}-${suffix}`, "external_token", held);
}

function toHandle(stem: string, held: HeldHandles): Handle | null {
  try {
    return parseHandle(stem, "external_token", held);
  } catch {
    return null;
  }
}

function displayNameOf({ displayName }: ExternalIdentity): string {
  try {
    return parseDisplayName(displayName, "external_token");
  } catch {
    // A name that can't be shown is no reason to turn its owner away.
    return "";
  }
}
