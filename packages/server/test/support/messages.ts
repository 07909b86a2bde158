import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import type { CallOptions, TestClient } from "./client.ts";

const { sendMessage, getMessage, listMessages, searchMessages } = v1.ChatService.method;

type SendInit = Exclude<MessageInitShape<typeof v1.SendMessageRequestSchema>, v1.SendMessageRequest>;
type ListInit = Exclude<MessageInitShape<typeof v1.ListMessagesRequestSchema>, v1.ListMessagesRequest>;
type SearchInit = Exclude<MessageInitShape<typeof v1.SearchMessagesRequestSchema>, v1.SearchMessagesRequest>;

/** Sends a message, and gives what it has become. */
export async function send(
  client: TestClient,
  { room, from }: { room: { id: string }; from: CallOptions },
  message: string | SendInit,
): Promise<v1.Message> {
  const fields = typeof message === "string" ? { text: message } : message;
  const { message: sent } = await client.unary(sendMessage, { roomId: room.id, ...fields }, from);
  if (!sent) throw new Error("no message was answered");
  return sent;
}

export async function messageOf(
  client: TestClient,
  { roomId, seq }: { roomId: string; seq: bigint },
  person: CallOptions,
): Promise<v1.Message> {
  const { message } = await client.unary(getMessage, { roomId, seq }, person);
  if (!message) throw new Error("no message was answered");
  return message;
}

export async function historyOf(
  client: TestClient,
  { room, by }: { room: { id: string }; by: CallOptions },
  position: ListInit = {},
): Promise<v1.ListMessagesResponse> {
  return client.unary(listMessages, { roomId: room.id, ...position }, by);
}

export function seqsOf({ messages }: { readonly messages: readonly v1.Message[] }): readonly number[] {
  return messages.map(({ seq }) => Number(seq));
}

/** Reads everything that a search finds, page after page. */
export async function search(
  client: TestClient,
  person: CallOptions,
  query: string | SearchInit,
): Promise<readonly v1.Message[]> {
  const request = typeof query === "string" ? { query } : query;
  const found: v1.Message[] = [];
  let pageToken = "";
  do {
    const page = await client.unary(searchMessages, { ...request, pageToken }, person);
    found.push(...page.messages);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return found;
}

/** The bytes of a message, for comparing two of them whole. */
export function bytesOf(message: v1.Message | undefined): string {
  const bytes = toBinary(v1.MessageSchema, message ?? create(v1.MessageSchema));
  return Buffer.from(bytes).toString("hex");
}
