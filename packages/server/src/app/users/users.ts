import type { Credentials } from "../sessions/credentials.ts";
import type { UserAccess } from "./access.ts";
import type { Accounts } from "./accounts.ts";
import type { UserLookup } from "./lookup.ts";
import type { NewUsers } from "./new-users.ts";
import type { Relationships } from "./relationships.ts";

/** Accounts: who exists, what they say of themselves, and what they want of each other. */
export type Users = Pick<NewUsers, "createUser"> &
  UserLookup &
  Accounts &
  UserAccess &
  Relationships &
  Pick<Credentials, "changePassword">;
