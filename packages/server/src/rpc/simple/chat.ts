import { create, toBinary } from "@bufbuild/protobuf";
import { simple } from "@confab/protocol";
import type { Messages } from "../../app/messages/messages.ts";
import { LOBBY } from "../../domain/ids.ts";
import type { Message } from "../../domain/messages/message.ts";
import type { FeedSources } from "../../live/feed-options.ts";
import { MessageFeed, messageEncoding } from "../../live/message-feed.ts";
import { Outbox } from "../../live/outbox.ts";
import { toResponse } from "../../live/responses.ts";
import type { WriteTimeouts } from "../../live/write-timeouts.ts";
import { simpleChatAccess } from "../access.ts";
import { type Binding, binding } from "../binding.ts";
import type { StreamContext } from "../handler.ts";
import { stalled } from "../stalled.ts";

/** The number of the lobby's newest messages that a listener gets first. */
const RECENT_MESSAGES = 100;
/** A stream of a server that stops has this long to give back what it has stored. */
const GIVE_BACK_MS = 2_000;

interface SimpleChatParts {
  readonly sources: FeedSources;
  readonly writeTimeouts: WriteTimeouts;
}

/** The simple contract's ChatService: everything happens in the lobby. */
export function simpleChat(messages: Messages, { sources, writeTimeouts }: SimpleChatParts): Binding {
  return binding(simple.ChatService, simpleChatAccess, {
    sendMessage: async (ask, request) => toSimple(await messages.sendToLobby(ask, request)),

    receiveMessage: (stream) => listen(stream),

    chat: (stream, requests) => listen(stream, (feed) => sendAll(stream, requests, feed)),
  });

  /** Sends the lobby's messages until the stream ends. @param beside runs at the same time; its error ends the stream */
  async function listen(stream: StreamContext, beside?: (feed: MessageFeed) => Promise<void>): Promise<void> {
    const { joiner } = encoding;
    const onWriteTimeout = (): void => stream.end(stalled());
    using outbox = new Outbox({ writer: stream, joiner, writeTimeouts, onWriteTimeout });
    const lobby = { roomId: LOBBY, recent: RECENT_MESSAGES };
    using feed = new MessageFeed(sources, lobby, { outbox, encoding, signal: stream.signal });
    await Promise.all([feed.run(), beside?.(feed)]);
  }

  /**
   * Stores one message after the other. A refusal ends the stream, and no later message is stored. Before the stream
   * ends, its client gets back what was stored.
   */
  async function sendAll(
    stream: StreamContext,
    requests: AsyncIterable<simple.Message>,
    feed: MessageFeed,
  ): Promise<void> {
    let storing: Promise<void> | null = null;
    let storedSeq: number | null = null;
    let isDraining = false;
    const store = async (request: simple.Message): Promise<void> => {
      const { seq } = await messages.sendToLobby(await stream.ask(), request);
      storedSeq = seq;
    };
    const giveBack = async (): Promise<void> => {
      if (storedSeq !== null) await feed.given(storedSeq);
    };
    stream.onDrain((error) => {
      isDraining = true;
      const end = (): void => stream.end(error);
      const timer = setTimeout(end, GIVE_BACK_MS).unref();
      void Promise.allSettled([storing])
        .then(giveBack)
        .then(end, end)
        .finally(() => clearTimeout(timer));
    });
    try {
      for await (const request of requests) {
        if (isDraining) return;
        storing = store(request);
        await storing;
      }
    } catch (error) {
      await giveBack();
      throw error;
    }
  }
}

function toSimple({ senderName, content }: Message): { userName: string; text: string } {
  return { userName: senderName, text: content.text };
}

const encoding = messageEncoding((message) =>
  toResponse(toBinary(simple.MessageSchema, create(simple.MessageSchema, toSimple(message)))),
);
