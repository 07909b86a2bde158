import type { Generated } from "kysely";
import type { RoomKind, RoomRole } from "../../domain/access/permissions.ts";
import type { HistoryVisibility, JoinRule } from "../../domain/access/room-access.ts";
import type { MemberState } from "../../domain/members/membership.ts";
import type { SystemRole } from "../../domain/users/system-roles.ts";
import type { DirectMessages, UserKind } from "../../domain/users/user.ts";

/** The tables, as the queries see them. Times are milliseconds since 1970. */
export interface Schema {
  users: UsersTable;
  retired_handles: RetiredHandlesTable;
  user_defaults: UserDefaultsTable;
  credentials: CredentialsTable;
  relationships: RelationshipsTable;
  sessions: SessionsTable;
  service_keys: ServiceKeysTable;
  audit: AuditTable;
  rooms: RoomsTable;
  members: MembersTable;
  messages: MessagesTable;
  reactions: ReactionsTable;
  mentions: MentionsTable;
  erasures: ErasuresTable;
  search_indexes: SearchIndexesTable;
}

export interface UsersTable {
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
  /** The user's issuer and subject at the host application's identity provider. */
  external_subject: string | null;
  /** Others are not to see whether this user is there. */
  hide_presence: Generated<0 | 1>;
  /** Null for the default of `user_defaults`. */
  direct_messages: Generated<DirectMessages | null>;
  /** When their last stream closed; null for those who had none, or hide it. */
  last_seen_at: Generated<number | null>;
  /** All messages of this user count as deleted, whether or not they are tombstones yet. */
  messages_erased: Generated<0 | 1>;
  /** Counts the changes of the profile: its etag. */
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface RetiredHandlesTable {
  /** A SHA-256 of the handle's key. */
  handle_hash: string;
  /** The user who gave it up and may take it back; null for the erased. */
  user_id: string | null;
  /** 1: it was a service's, and another service may take it. */
  is_service: number;
  expires_at: number;
}

/** One row: what holds for users who have chosen nothing. Decisions are made in the database, so it is kept there. */
export interface UserDefaultsTable {
  direct_messages: DirectMessages;
}

export interface CredentialsTable {
  user_id: string;
  /** A PHC string: algorithm, cost, salt and hash. */
  password_hash: string;
  /** Counts the changes of the password; a new hash of the same password is none. */
  version: Generated<number>;
  updated_at: number;
}

export interface RelationshipsTable {
  user_id: string;
  other_id: string;
  blocked: 0 | 1;
  muted: 0 | 1;
}

export interface SessionsTable {
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

export interface ServiceKeysTable {
  id: string;
  /** The account that the key acts as. */
  user_id: string;
  name: string;
  key_hash: string;
  created_at: number;
}

export interface AuditTable {
  seq: Generated<number>;
  at: number;
  action: string;
  /** Null: someone unknown did it. */
  actor_id: string | null;
  /** The service that acted for them. */
  service_id: string | null;
  target_id: string | null;
  address: string;
  detail: string;
}

export interface RoomsTable {
  id: string;
  kind: RoomKind;
  state: Generated<"active" | "deleted">;
  title: Generated<string>;
  /** The title as names are compared, for the directory's search. */
  title_key: Generated<string>;
  topic: Generated<string>;
  public: Generated<0 | 1>;
  join_rule: Generated<JoinRule>;
  history_visibility: Generated<HistoryVisibility>;
  slow_mode_ms: Generated<number>;
  retention_ms: Generated<number>;
  max_members: Generated<number>;
  /** A JSON array of permissions. */
  member_permissions: Generated<string>;
  required_likes: Generated<number>;
  labels: Generated<string>;
  /** A direct room's users, so that there is one room for each set of them. */
  direct_key: string | null;
  /** The same users, also when the room can't be opened any more; empty: it is no direct room. */
  direct_users: Generated<string>;
  /** The creator and their request's id. */
  request_key: string | null;
  /** The newest message's seq. */
  last_seq: Generated<number>;
  /** The oldest message's seq that retention has left. */
  first_seq: Generated<number>;
  /** Counts every durable change. */
  revision: Generated<number>;
  /** The revision of the last change to the room's own fields. */
  changed_revision: Generated<number>;
  /** The revision of the last change to what members may read: permissions and history. */
  sight_revision: Generated<number>;
  /** The newest revision of all messages that retention has erased. */
  erased_revision: Generated<number>;
  /** The newest message's time: the next message's is never earlier. */
  last_message_at: Generated<number>;
  /** The number of joined members. */
  member_count: Generated<number>;
  version: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface MembersTable {
  room_id: string;
  user_id: string;
  role: RoomRole;
  state: MemberState;
  /** When membership, invitation or ban ends by itself. */
  expires_at: number | null;
  muted_until: number | null;
  /** JSON arrays of `TimedPermission`. */
  allow: Generated<string>;
  deny: Generated<string>;
  /** The first of all ends on this row; null: there is none. */
  next_end_at: number | null;
  joined_seq: Generated<number>;
  read_seq: Generated<number>;
  /** The reason for which another has removed or banned the user, who alone may know it; null: nobody has. */
  removed_for: string | null;
  revision: number;
  updated_at: number;
}

export interface MessagesTable {
  key: Generated<number>;
  room_id: string;
  seq: number;
  revision: number;
  id: string;
  client_message_id: string | null;
  /** A keyed hash of the sender and that id. It stays when the id goes: a repeat of a tombstone is recognised by it. */
  repeat_key: string | null;
  /** Tells a repeat of the send from another message; null once the content is gone. */
  content_hash: string | null;
  sender_id: string;
  text: string;
  reply_to_seq: Generated<number>;
  thread_root_seq: Generated<number>;
  /** A JSON array of user ids. */
  mentions: Generated<string>;
  /** A JSON array of `ReactionCount`: the sums of the table `reactions`. */
  reactions: Generated<string>;
  pinned: Generated<0 | 1>;
  deleted: Generated<0 | 1>;
  /** Both null, or neither. */
  payload: Uint8Array | null;
  payload_type: string | null;
  created_at: number;
  updated_at: number;
  /** When the message erases itself. */
  expires_at: number | null;
}

export interface ReactionsTable {
  room_id: string;
  seq: number;
  emoji: string;
  user_id: string;
  created_at: number;
}

/** The users whom messages mention; `all`: everyone. Deleted messages have none. */
export interface MentionsTable {
  user_id: string;
  room_id: string;
  seq: number;
}

export interface SearchIndexesTable {
  id: Generated<number>;
  /** The tokenizer's version. */
  version: number;
  /** The key of the last message that the index has. */
  indexed_key: number;
  is_serving: number;
  /** Its pages may still have words that it has forgotten: being rid of them is asked for, or under way. */
  purge: "none" | "requested" | "running";
}

/** A room or a user with content left to erase. */
export interface ErasuresTable {
  key: Generated<number>;
  room_id: string | null;
  user_id: string | null;
  /** The user who asked for it; empty for the operator. */
  actor_id: string;
  /** The place of a user's last message that is a tombstone, in the order of rooms and seqs. */
  done_room_id: Generated<string>;
  done_seq: Generated<number>;
}
