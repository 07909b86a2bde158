import { type Chat, type ConnectOptions, connect, grpcTransport, type Room } from "@confab/client";
import { v1 } from "@confab/protocol";
import type { TestServer } from "@confab/server/testing";

/** What of a server is needed to sign in. */
type Server<Name extends string> = Pick<TestServer<Name, never>, "users" | "signIn" | "address">;

/** Connects as a user of a test server, in a session of its own. Attempts follow each other quickly. */
export async function connectAs<Name extends string>(
  server: Server<Name>,
  name: Name,
  { address = server.address, ...options }: ConnectOptions & { readonly address?: string } = {},
): Promise<Chat> {
  const { refreshToken } = await server.signIn(server.users[name].id);
  return connect(address, { refreshToken, reconnect: { minDelayMs: 20, maxDelayMs: 200 }, ...options });
}

/** A room that one is in. @throws Error */
export function roomOf(chat: Chat, { id }: { readonly id: string }): Room {
  const room = chat.rooms.get(id);
  if (!room) throw new Error(`${chat.me.handle} is not in the room ${id}`);
  return room;
}

/** The texts that a room's timeline shows. */
export function textsOf(room: Room): string[] {
  return room.timeline.get().items.map(({ text }) => text);
}

/** Sends messages in no order, many at a time, by calls that know nothing of each other. */
export async function sendMany<Name extends string>(
  server: Server<Name>,
  { name, roomId, count }: { readonly name: Name; readonly roomId: string; readonly count: number },
): Promise<void> {
  const transport = grpcTransport(server.address, false);
  const { accessToken } = await server.signIn(server.users[name].id);
  const { sendMessage } = v1.ChatService.method;
  let left = count;
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      await transport.unary(sendMessage, { roomId, text: "one of many" }, { accessToken, timeoutMs: 10_000 });
    }
  };
  await Promise.all(Array.from({ length: 200 }, send));
  transport.close();
}
