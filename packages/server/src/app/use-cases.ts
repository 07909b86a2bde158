import type { CommonPasswords } from "../domain/sessions/weak-passwords.ts";
import type { HeldHandles } from "../domain/users/held-handles.ts";
import type { KeyRing } from "../keys/port.ts";
import type { KeyedHash } from "../keys/repeat-key.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Store } from "../store/port/store.ts";
import { type Admin, createAdmin } from "./admin/admin.ts";
import type { Clock } from "./clock.ts";
import { type Limits, noLimits } from "./limits.ts";
import { createMembers, type Members } from "./members/members.ts";
import { createMessageChanges } from "./messages/changes.ts";
import { createMessageHistory } from "./messages/history.ts";
import type { Messages } from "./messages/messages.ts";
import { createReactions } from "./messages/reactions.ts";
import { createSending } from "./messages/sending.ts";
import { createPresence, type Presence } from "./presence/presence.ts";
import type { Publish } from "./publishing.ts";
import { createRooms, type Rooms } from "./rooms/rooms.ts";
import { createMessageSearch, type MessageSearch } from "./search/search.ts";
import { createAccessTokens } from "./sessions/access-tokens.ts";
import { type Auth, createAuth } from "./sessions/auth.ts";
import { type Callers, createCallers } from "./sessions/callers.ts";
import { createCredentials } from "./sessions/credentials.ts";
import { createExternalSignIn } from "./sessions/external-sign-in.ts";
import type { VerifyExternalToken } from "./sessions/external-tokens.ts";
import { LiveSessions } from "./sessions/live-sessions.ts";
import { createNewPasswords } from "./sessions/new-passwords.ts";
import { createPasswords } from "./sessions/passwords.ts";
import { createServiceKeys } from "./sessions/service-keys.ts";
import { createSessions, type Sessions } from "./sessions/sessions.ts";
import { createSignIn } from "./sessions/sign-in.ts";
import { createUserAccess } from "./users/access.ts";
import { createAccounts } from "./users/accounts.ts";
import { createUserLookup } from "./users/lookup.ts";
import { createNewUsers } from "./users/new-users.ts";
import { createRelationships } from "./users/relationships.ts";
import { createUserCache } from "./users/user-cache.ts";
import { UserChanges } from "./users/user-changes.ts";
import type { Users } from "./users/users.ts";

/** All that the server can do, for the contracts to be bound to. */
export interface UseCases {
  readonly admin: Admin;
  readonly auth: Auth;
  readonly callers: Callers;
  readonly live: LiveSessions;
  readonly members: Members;
  readonly messages: Messages;
  readonly presence: Presence;
  readonly rooms: Rooms;
  readonly search: MessageSearch;
  readonly sessions: Sessions;
  readonly userChanges: UserChanges;
  readonly users: Users;
}

export interface UseCasesOptions {
  readonly store: Store;
  readonly commits: GroupCommit;
  readonly publish: Publish;
  readonly keys: KeyRing;
  /** Recognises repeats of sends. */
  readonly repeatHash: KeyedHash;
  readonly clock: Clock;
  readonly commonPasswords: CommonPasswords;
  /** Null where nothing is limited. */
  readonly limits: Limits | null;
  readonly registration: "open" | "closed";
  readonly allowGuests: boolean;
  /** The handles that nobody can have. */
  readonly heldHandles: HeldHandles;
  /** Null where no identity provider is set. */
  readonly verifyExternalToken: VerifyExternalToken | null;
}

export function createUseCases(options: UseCasesOptions): UseCases {
  const { store, commits, publish, keys, clock, registration, allowGuests, heldHandles: held } = options;
  const limits = options.limits ?? noLimits;
  const users = createUserCache(store, clock);
  const live = new LiveSessions(store, clock);
  const userChanges = new UserChanges({ store, users, live, publish, clock });
  const tokens = createAccessTokens(keys, clock);
  const sessions = createSessions({ store, tokens, live, clock });
  const passwords = createPasswords();
  const newPasswords = createNewPasswords(passwords, options.commonPasswords);
  const signIn = createSignIn(store, passwords, limits);
  const credentials = createCredentials({ store, signIn, newPasswords, live });
  const serviceKeys = createServiceKeys({ store, users, userChanges, live, publish, clock, held });
  const lookup = createUserLookup(store, users);
  const newUsers = createNewUsers({ store, userChanges, lookup, newPasswords, limits, registration, held });
  const externalSignIn = createExternalSignIn({
    store,
    userChanges,
    held,
    verify: options.verifyExternalToken,
  });
  const presence = createPresence({ store, users, live, publish, clock });
  return {
    admin: createAdmin({ store, keys, credentials, serviceKeys }),
    auth: createAuth({ store, live, sessions, signIn, externalSignIn, newUsers, allowGuests }),
    callers: createCallers(tokens, live, serviceKeys),
    live,
    members: createMembers(store, publish, limits),
    messages: {
      ...createSending(commits, options.limits, options.repeatHash),
      ...createMessageHistory(store),
      ...createMessageChanges(store, publish),
      ...createReactions(store, publish),
    },
    presence,
    rooms: createRooms(store, publish, limits),
    search: createMessageSearch(store, limits),
    sessions,
    userChanges,
    users: {
      ...lookup,
      ...newUsers,
      ...credentials,
      ...createAccounts({ store, userChanges, live, publish, held }),
      ...createUserAccess(store, userChanges, live),
      ...createRelationships(store, presence),
    },
  };
}
