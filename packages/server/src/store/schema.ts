import type { Generated } from "kysely";
import type { SystemRole } from "../domain/system-roles.ts";
import type { UserKind } from "../domain/users.ts";

/** The tables, as the queries see them. Times are milliseconds since 1970. */
export interface Schema {
  users: UsersTable;
  credentials: CredentialsTable;
  relationships: RelationshipsTable;
  sessions: SessionsTable;
  service_keys: ServiceKeysTable;
  audit: AuditTable;
  rooms: RoomsTable;
  messages: MessagesTable;
}

interface UsersTable {
  id: string;
  kind: UserKind;
  state: "active" | "suspended" | "erased";
  /** When the suspension ends by itself; null: when someone ends it. */
  suspended_until: number | null;
  role: SystemRole;
  /** When the role falls back to an ordinary one; null: it stays. */
  role_until: number | null;
  /** Null for guests and for the erased. */
  handle: string | null;
  /** The handle as names are compared; unique. */
  handle_key: string | null;
  display_name: string;
  /** The display name as names are compared, for the directory's search. */
  display_key: string;
  about: Generated<string>;
  avatar_url: Generated<string>;
  /** The host application's own fields, a JSON object of strings. */
  labels: Generated<string>;
  /** Who this is at the host application's identity provider: issuer and subject. */
  external_subject: string | null;
  /** Counts the changes of the profile: its etag. */
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

interface CredentialsTable {
  user_id: string;
  /** A PHC string: algorithm, cost, salt and hash. */
  password_hash: string;
  updated_at: number;
}

interface RelationshipsTable {
  user_id: string;
  other_id: string;
  blocked: 0 | 1;
  muted: 0 | 1;
}

interface SessionsTable {
  id: string;
  user_id: string;
  device_name: string;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  /** SHA-256 of what all refresh tokens of the session begin with; null where there are none. */
  refresh_family: string | null;
  /** SHA-256 of the newest of them. */
  refresh_hash: string | null;
  /** The token before it, which counts until the newest one is used. */
  previous_refresh_hash: string | null;
}

interface ServiceKeysTable {
  id: string;
  /** The account that the key acts as. */
  user_id: string;
  name: string;
  key_hash: string;
  created_at: number;
}

interface AuditTable {
  seq: Generated<number>;
  at: number;
  action: string;
  /** Who did it; null for someone unknown. */
  actor_id: string | null;
  /** The service that acted for them. */
  service_id: string | null;
  target_id: string | null;
  address: string;
  detail: string;
}

interface RoomsTable {
  id: string;
  /** The newest message's seq. */
  last_seq: number;
  /** Counts every durable change. */
  revision: number;
  /** The newest message's time: the next one's is never earlier. */
  last_message_at: number;
  created_at: number;
}

interface MessagesTable {
  room_id: string;
  seq: number;
  revision: number;
  id: string;
  sender_id: string;
  text: string;
  deleted: Generated<0 | 1>;
  created_at: number;
}
