import type { BusEvent } from "../bus/port.ts";
import type { CommonPasswords } from "../domain/weak-passwords.ts";
import type { KeyRing } from "../keys/port.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Store } from "../store/port/store.ts";
import { type Access, createAccess } from "./access.ts";
import { createAccessTokens } from "./access-tokens.ts";
import { type Accounts, createAccounts } from "./accounts.ts";
import { type Admin, createAdmin } from "./admin.ts";
import type { Clock } from "./clock.ts";
import { type Credentials, createCredentials } from "./credentials.ts";
import { createExternalSignIn, type ExternalSignIn } from "./external-sign-in.ts";
import type { VerifyExternalToken } from "./external-tokens.ts";
import { createMessageHistory, type MessageHistory } from "./history.ts";
import { type Limits, noLimits } from "./limits.ts";
import { LiveSessions } from "./live-sessions.ts";
import { createMembers, type Members } from "./members.ts";
import { createMessageChanges, type MessageChanges } from "./message-changes.ts";
import { createMessages, type Messages } from "./messages.ts";
import { createNewPasswords } from "./new-passwords.ts";
import { createPasswords } from "./passwords.ts";
import { createPresence, type Presence } from "./presence.ts";
import { createRelationships, type Relationships } from "./relationships.ts";
import { createRooms, type Rooms } from "./rooms.ts";
import { createServiceKeys, type ServiceKeys } from "./service-keys.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";
import { createUserCache } from "./user-cache.ts";

/** All that the server can do, for whoever binds it to a contract. */
export interface UseCases {
  readonly accounts: Accounts;
  readonly access: Access;
  readonly admin: Admin;
  readonly credentials: Credentials;
  readonly externalSignIn: ExternalSignIn;
  readonly live: LiveSessions;
  readonly members: Members;
  readonly messageChanges: MessageChanges;
  readonly messageHistory: MessageHistory;
  readonly messages: Messages;
  readonly presence: Presence;
  readonly relationships: Relationships;
  readonly rooms: Rooms;
  readonly serviceKeys: ServiceKeys;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
}

export interface UseCasesOptions {
  readonly store: Store;
  readonly commits: GroupCommit;
  /** Tells everyone who listens what has happened. */
  readonly publish: (event: BusEvent) => void;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly commonPasswords: CommonPasswords;
  /** Null where nothing is limited. */
  readonly limits: Limits | null;
  readonly registration: "open" | "closed";
  /** Null where no identity provider is set. */
  readonly verifyExternalToken: VerifyExternalToken | null;
}

export function createUseCases(options: UseCasesOptions): UseCases {
  const { store, commits, publish, keys, clock, registration } = options;
  const limits = options.limits ?? noLimits;
  const users = createUserCache({ store, clock });
  const live = new LiveSessions({ store, clock });
  const tokens = createAccessTokens({ keys, clock });
  const sessions = createSessions({ store, tokens, live, clock });
  const passwords = createPasswords();
  const newPasswords = createNewPasswords(passwords, options.commonPasswords);
  const signIn = createSignIn({ store, passwords, limits, clock });
  return {
    accounts: createAccounts({ store, users, newPasswords, live, publish, limits, clock, registration }),
    access: createAccess({ store, users, live, clock }),
    admin: createAdmin({ store, keys, clock }),
    credentials: createCredentials({ store, signIn, newPasswords, live, clock }),
    externalSignIn: createExternalSignIn({
      store,
      users,
      live,
      verify: options.verifyExternalToken,
      clock,
    }),
    live,
    members: createMembers({ store, publish, limits, clock }),
    messageChanges: createMessageChanges({ store, publish, clock }),
    messageHistory: createMessageHistory({ store, clock }),
    messages: createMessages({ commits, limits: options.limits, clock }),
    presence: createPresence({ store, users, live, publish, clock }),
    relationships: createRelationships(store),
    rooms: createRooms({ store, publish, limits, clock }),
    serviceKeys: createServiceKeys({ store, users, live, publish, clock }),
    sessions,
    signIn,
  };
}
