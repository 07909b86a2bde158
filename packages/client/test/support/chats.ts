import type { Chat, ConnectionState, ConnectOptions, Room, TimelineItem } from "@confab/client";
import { v1 } from "@confab/protocol";
import type { TestServer } from "@confab/server/testing";
import type { TcpProxy } from "./tcp-proxy.ts";
import { connectTo, transportTo } from "./test-server.ts";
import { HANG_MS, untilValue } from "./wait.ts";

/** The part of a test server that signing in needs. */
export type Server<Name extends string> = Pick<TestServer<Name, never>, "users" | "signIn" | "address">;

/** Connects as a user of a test server, with a new session and short reconnect delays. */
export async function connectAs<Name extends string>(
  server: Server<Name>,
  name: Name,
  { address = server.address, ...options }: ConnectOptions & { readonly address?: string } = {},
): Promise<Chat> {
  const { refreshToken } = await server.signIn(server.users[name].id);
  const reconnect = { minDelayMs: 20, maxDelayMs: 200 };
  // A machine that connects a hundred at once needs longer than the default.
  return connectTo(address, { refreshToken, reconnect, requestTimeoutMs: HANG_MS, ...options });
}

/** Breaks the connection of a chat, until `proxy.unblock()`. */
export async function disconnect(chat: Chat, proxy: TcpProxy): Promise<void> {
  proxy.block();
  await untilStatus(chat, "reconnecting");
}

/** Resolves once the connection of a chat has this status. */
export function untilStatus(chat: Chat, status: ConnectionState["status"]): Promise<ConnectionState> {
  return untilValue(chat.connection, (state) => state.status === status, status);
}

/** Returns a room of the user's. @throws Error if the user is not in it */
export function roomOf(chat: Chat, { id }: { readonly id: string }): Room {
  const room = chat.rooms.get(id);
  if (!room) throw new Error(`${chat.me.handle} is not in the room ${id}`);
  return room;
}

/** Returns the texts of a room's timeline. */
export function textsOf(room: Room): string[] {
  return room.timeline.get().items.map(({ text }) => text);
}

/** Returns the text and the state of each of a timeline's messages. */
export function statesOf(items: readonly TimelineItem[]): string[] {
  return items.map(({ text, state }) => `${text} ${state}`);
}

/** Returns `count` consecutive numbers as texts. */
export function numbers(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => `${index + from}`);
}

/** Sends messages by concurrent unary calls, in no particular order. */
export async function sendMany<Name extends string>(
  server: Server<Name>,
  { name, roomId, count }: { readonly name: Name; readonly roomId: string; readonly count: number },
): Promise<void> {
  const transport = transportTo(server.address);
  const { accessToken } = await server.signIn(server.users[name].id);
  const { sendMessage } = v1.ChatService.method;
  let left = count;
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      await transport.unary(
        sendMessage,
        { roomId, text: "one of many" },
        { accessToken, timeoutMs: HANG_MS },
      );
    }
  };
  await Promise.all(Array.from({ length: 200 }, send));
  transport.close();
}
