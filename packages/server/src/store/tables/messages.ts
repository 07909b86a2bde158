import { type Kysely, type Selectable, sql } from "kysely";
import type { EndMs } from "../../domain/expiry.ts";
import type { RoomId, UserId } from "../../domain/ids.ts";
import type { MessageContent, ReactionCount } from "../../domain/messages/content.ts";
import { ERASED_SENDER_NAME, type Message, toTombstone } from "../../domain/messages/message.ts";
import { Payload } from "../../domain/messages/payload.ts";
import type { MessagesTable, Schema } from "./schema.ts";

type Row = Selectable<MessagesTable>;

/** Keeps a field of the content in columns: each with what the field makes of it, and the way back. */
function kept<Value, Column extends keyof Row>(
  columns: { readonly [Name in Column]: (value: Value) => Row[Name] },
  read: (row: Pick<Row, Column>) => Value,
) {
  return { columns, read };
}

/** Any field, to whoever goes through all of them. */
interface Field<Value, Read> {
  readonly columns: Readonly<Record<string, (value: Value) => unknown>>;
  readonly read: (row: never) => Read;
}

/** Keeps each field of the content: reading, writing and deleting all go by these rows. */
const contentFields = {
  text: kept({ text: (text: string) => text }, (row) => row.text),
  mentionUserIds: kept({ mentions: toList<string> }, (row) => fromList<string>(row.mentions)),
  reactions: kept({ reactions: toList<ReactionCount> }, (row) => fromList<ReactionCount>(row.reactions)),
  pinned: kept({ pinned: (pinned: boolean) => (pinned ? 1 : 0) }, (row) => row.pinned === 1),
  payload: kept(
    {
      payload: (payload: Payload | null) => payload?.bytes ?? null,
      payload_type: (payload: Payload | null) => payload?.type ?? null,
    },
    ({ payload, payload_type }) =>
      payload === null || payload_type === null ? null : new Payload(payload, payload_type),
  ),
  expiresAtMs: kept({ expires_at: (endMs: EndMs) => endMs }, ({ expires_at }) =>
    expires_at === null ? null : Number(expires_at),
  ),
} satisfies { readonly [Name in keyof MessageContent]: Field<MessageContent[Name], MessageContent[Name]> };

type ContentColumn = {
  [Field in keyof MessageContent]: keyof (typeof contentFields)[Field]["columns"];
}[keyof MessageContent];

const fields = Object.entries<Field<never, unknown>>(contentFields).map(([name, field]) => ({
  name: name as keyof MessageContent,
  ...field,
}));

const columns = fields.flatMap(({ name, columns }) =>
  Object.entries(columns).map(([column, toValue]) => ({ name, column: column as ContentColumn, toValue })),
);

const contentColumns: readonly ContentColumn[] = columns.map(({ column }) => column);

type ContentRow = Pick<Row, ContentColumn>;

/** Returns the columns of a content, or of the fields of it that are given. */
export function toContentRow(content: MessageContent): ContentRow;
export function toContentRow(content: Partial<MessageContent>): Partial<ContentRow>;
export function toContentRow(content: Partial<MessageContent>): Partial<ContentRow> {
  const row: Partial<Record<ContentColumn, unknown>> = {};
  for (const { name, column, toValue } of columns) {
    const value = content[name];
    if (value !== undefined) row[column] = toValue(value as never);
  }
  return row as Partial<ContentRow>;
}

/** Is written out, because a loop takes several times as long, and pages of messages are read here. */
function toContent(row: ContentRow): MessageContent {
  return {
    text: contentFields.text.read(row),
    mentionUserIds: contentFields.mentionUserIds.read(row),
    reactions: contentFields.reactions.read(row),
    pinned: contentFields.pinned.read(row),
    payload: contentFields.payload.read(row),
    expiresAtMs: contentFields.expiresAtMs.read(row),
  };
}

export function selectMessages(db: Kysely<Schema>) {
  return db
    .selectFrom("messages")
    .innerJoin("users", "users.id", "messages.sender_id")
    .select([
      "messages.room_id",
      "messages.seq",
      "messages.revision",
      "messages.id",
      "messages.client_message_id",
      "messages.sender_id",
      "messages.reply_to_seq",
      "messages.thread_root_seq",
      "messages.deleted",
      "messages.created_at",
      "messages.updated_at",
      ...contentColumns.map((column) => `messages.${column}` as const),
      "users.state as sender_state",
      "users.handle as sender_handle",
      "users.display_name as sender_display_name",
      "users.messages_erased as sender_messages_erased",
    ]);
}

/** The condition of messages that have not reached their end, whether or not anyone has erased them. */
export function standsAt(nowMs: number) {
  return sql<boolean>`(messages.expires_at is null or messages.expires_at > ${nowMs})`;
}

type MessageRow = Awaited<ReturnType<ReturnType<typeof selectMessages>["executeTakeFirstOrThrow"]>>;

/** Returns a tombstone where the sender has had all their messages erased, whether or not it is stored as one yet. */
export function toMessage(row: MessageRow): Message {
  const message: Message = {
    roomId: row.room_id as RoomId,
    seq: Number(row.seq),
    revision: Number(row.revision),
    id: row.id,
    clientMessageId: row.client_message_id ?? "",
    senderId: row.sender_id as UserId,
    senderName:
      row.sender_state === "erased" ? ERASED_SENDER_NAME : (row.sender_handle ?? row.sender_display_name),
    replyToSeq: Number(row.reply_to_seq),
    threadRootSeq: Number(row.thread_root_seq),
    deleted: row.deleted === 1,
    createdAtMs: Number(row.created_at),
    updatedAtMs: Number(row.updated_at),
    content: toContent(row),
  };
  return row.sender_messages_erased === 1 ? toTombstone(message) : message;
}

const NONE: readonly never[] = [];

function toList<Item>(items: readonly Item[]): string {
  return items.length === 0 ? "[]" : JSON.stringify(items);
}

function fromList<Item>(text: string): readonly Item[] {
  return text === "[]" ? NONE : (JSON.parse(text) as Item[]);
}
