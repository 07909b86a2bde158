import { create, toBinary } from "@bufbuild/protobuf";
import { simple } from "@confab/protocol";
import type { Messages } from "../app/messages.ts";
import { ChatError } from "../domain/errors.ts";
import { LOBBY } from "../domain/ids.ts";
import type { Message } from "../domain/messages.ts";
import { type FeedSources, follow, messageEncoding } from "../live/message-feed.ts";
import { toResponse } from "../live/responses.ts";
import { simpleChatAccess } from "./access.ts";
import { type Binding, binding } from "./bind.ts";
import type { StreamContext } from "./handler.ts";

/** How many of the lobby's newest messages a listener is given first. */
const RECENT_MESSAGES = 100;
const STALLED_RETRY_MS = 1_000;

/** The simple contract's ChatService: everything happens in the lobby. */
export function simpleChat(messages: Messages, sources: FeedSources): Binding {
  return binding(simple.ChatService, simpleChatAccess, {
    sendMessage: async (request, context) => toSimple(await messages.sendToLobby(context, request)),

    receiveMessage: (_request, context) => listen(context),

    async chat(requests, context) {
      await Promise.all([listen(context), sendAll(requests, context)]);
    },
  });

  function listen(context: StreamContext): Promise<never> {
    return follow(sources, {
      roomId: LOBBY,
      recent: RECENT_MESSAGES,
      encoding,
      writer: context,
      onStalled: () => context.end(stalled()),
      signal: context.signal,
    });
  }

  /** One after the other: what follows a refused message is not stored. */
  async function sendAll(requests: AsyncIterable<simple.Message>, context: StreamContext): Promise<void> {
    for await (const request of requests) await messages.sendToLobby(context, request);
  }
}

function stalled(): ChatError {
  const message = "this stream's client has read nothing for too long: reconnect";
  return new ChatError("CONSUMER_STALLED", message, { retryAfterMs: STALLED_RETRY_MS });
}

function toSimple({ senderName, text }: Message): { userName: string; text: string } {
  return { userName: senderName, text };
}

const encoding = messageEncoding((message) =>
  toResponse(toBinary(simple.MessageSchema, create(simple.MessageSchema, toSimple(message)))),
);
