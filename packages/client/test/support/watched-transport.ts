import { type Chat, connectOver } from "@confab/client";
import type { Server } from "./chats.ts";
import { transportTo } from "./test-server.ts";

/** A chat, and the calls that it has made. */
export interface WatchedChat extends AsyncDisposable {
  readonly chat: Chat;
  /** Number of streams that were opened. */
  readonly streams: number;
  /** Names of the methods that were called. */
  readonly calls: readonly string[];
  /** Kinds of the commands that were sent. */
  readonly commands: readonly string[];
}

/**
 * Connects as a user of a test server, over a transport that records its calls. Each answer waits for `beforeAnswer`.
 */
export async function connectWatched<Name extends string>(
  server: Server<Name>,
  name: Name,
  address = server.address,
  beforeAnswer: (method: string) => Promise<void> | void = () => {},
): Promise<WatchedChat> {
  const transport = transportTo(address);
  const calls: string[] = [];
  const commands: string[] = [];
  let streams = 0;
  const { refreshToken } = await server.signIn(server.users[name].id);
  const chat = await connectOver(
    {
      async unary(method, request, options) {
        calls.push(method.name);
        const answer = await transport.unary(method, request, options);
        await beforeAnswer(method.name);
        return answer;
      },
      connect(hello, options) {
        streams++;
        const stream = transport.connect(hello, options);
        return {
          frames: stream.frames,
          send(commandId, command, afterCommandId) {
            commands.push(command.case);
            stream.send(commandId, command, afterCommandId);
          },
        };
      },
      reset: () => transport.reset(),
      close: () => transport.close(),
    },
    { refreshToken },
  );
  return {
    chat,
    calls,
    commands,
    get streams() {
      return streams;
    },
    [Symbol.asyncDispose]: () => chat.close(),
  };
}
